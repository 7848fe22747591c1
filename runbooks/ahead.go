package runbooks

// manyBlocks is from how many blocks at the top on their code is read ahead.
const manyBlocks = 1000

// ahead is the reading of a long text's code, while its sections are found.
type ahead struct {
	ended  chan struct{}
	failed any // what the reading did instead, for whoever asked for the runbook
}

// readAhead begins to read the code of blocks; it is not to be asked for before the
// returned ahead was waited for.
func (b *builder) readAhead(blocks []*block) *ahead {
	a := &ahead{ended: make(chan struct{})}
	if len(blocks) < manyBlocks {
		close(a.ended)
		return a
	}
	go func() { // it ends with the blocks, and wait waits for it
		defer close(a.ended)
		defer func() { a.failed = recover() }()
		readCode(blocks, newShellReader(), !b.outline)
	}()
	return a
}

// wait waits for the end of the reading.
func (a *ahead) wait() {
	<-a.ended
	if a.failed != nil {
		panic(a.failed)
	}
}

// readCode reads the code of blocks, and with scripts what is a shell's.
func readCode(blocks []*block, shell *shellReader, scripts bool) {
	for _, b := range blocks {
		readCode(b.children, shell, scripts)
		if b.kind != blockCode {
			continue
		}
		if c := b.reading(); scripts && c.class == codeAction && c.kind == KindShell && isShellLang(c.info.word) {
			c.script = &codeScript{code: c.code, script: shell.read(c.code)}
		}
	}
}

// codeScript is a script that was read, and what it was read from.
type codeScript struct {
	code string
	script
}

// scriptOf returns what a block's script tells: what was read ahead, when it was that.
func (r *codeReading) scriptOf(code string, shell *shellReader) script {
	if r.script != nil && r.script.code == code {
		return r.script.script
	}
	return shell.read(code)
}
