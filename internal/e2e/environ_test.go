package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hostileEnviron is an environment in which every entry would change what a shell,
// or a tool that it starts, does: it touches a file, or shows in the output.
func hostileEnviron(dir string) []string {
	trap := filepath.Join(dir, "trap.sh")
	touch := func(name string) string { return "touch " + filepath.Join(dir, "x-"+name) }
	return []string{
		"BASH_ENV=" + trap, "ENV=" + trap, "PROMPT_COMMAND=" + touch("PROMPT_COMMAND"), "PS4=$(" + touch("PS4") + ")", "SHELLOPTS=xtrace:braceexpand",
		"BASHOPTS=extdebug", "BASH_XTRACEFD=1", "BASH_FUNC_ls%%=() { " + touch("function") + "; }", "BASH_FUNC_echo%%=() { " + touch("function") + "; }",
		"IFS=/", "CDPATH=/usr", "GLOBIGNORE=*", "EXECIGNORE=*", "POSIXLY_CORRECT=1", "TMOUT=1",
		"LD_PRELOAD=/nowhere/hostile.so", "LD_LIBRARY_PATH=/nowhere/hostile", "LD_AUDIT=/nowhere/hostile.so",
		"PYTHONSTARTUP=" + trap, "PYTHONPATH=" + dir, "PYTHONHOME=/nowhere/hostile", "PERL5OPT=-Mhostile", "PERL5LIB=" + dir, "RUBYOPT=-rhostile", "RUBYLIB=" + dir,
		"NODE_OPTIONS=--require=" + trap, "JAVA_TOOL_OPTIONS=-javaagent:hostile", "GIT_SSH_COMMAND=" + touch("git"), "GIT_SSH=" + trap, "GIT_EXTERNAL_DIFF=" + trap,
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=alias.hostile", "GIT_CONFIG_VALUE_0=!x", "GIT_EXEC_PATH=/nowhere/hostile", "GIT_PAGER=" + trap, "PAGER=" + trap, "EDITOR=" + trap,
		"LESSOPEN=|" + trap, "MANPAGER=" + trap, "BROWSER=" + trap, "GREP_OPTIONS=-v", "TAR_OPTIONS=--checkpoint-action=exec=" + trap, "OPENSSL_CONF=" + trap, "GCONV_PATH=" + dir,
		"PERL5DB=hostile", "npm_config_script_shell=" + trap, "LS_COLORS=hostile", "HISTFILE=" + trap, "INPUTRC=" + trap, "FPATH=" + dir, "ZDOTDIR=" + dir,
	}
}

// TestHostileEnvironmentStaysOut runs blocks in every kind of shell and interpreter
// that is here, under an environment that means harm.
func TestHostileEnvironmentStaysOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "trap.sh"), []byte("#!/bin/sh\ntouch "+filepath.Join(dir, "x-trap")+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	book := write(t, "env.md", "# Env\n\n## Execution\n\n1. Bash.\n\n```bash {name=bash effect=read}\n"+
		"ls / >/dev/null; env; echo \"functions: $(compgen -A function | grep -v __bitacora)\"; a=b/c; set -- $a; echo \"words $#\"; cd bin 2>/dev/null && pwd; echo *\n```\n\n"+
		"2. Posix.\n\n```sh {name=sh effect=read}\nenv; sh -c 'echo inner'; git --version >/dev/null; git hostile 2>&1 | head -1\n```\n\n"+
		"3. Python.\n\n```python {name=python effect=read}\nimport os, sys\nprint('python', sorted(os.environ))\n```\n\n"+
		"4. Perl.\n\n```perl {name=perl effect=read}\nprint \"perl runs\\n\";\n```\n")
	env := append(home(t), hostileEnviron(dir)...)
	out, errs, code := command(t, env, "run", "--auto", book)
	if code != 0 || !strings.Contains(out, "python [") || !strings.Contains(out, "perl runs") || !strings.Contains(out, "words 1") {
		t.Fatalf("exit %d:\n%s%s", code, out, errs)
	}
	for _, entry := range hostileEnviron(dir) {
		name, value, _ := strings.Cut(entry, "=")
		if strings.Contains(out, name+"=") || strings.Contains(out, "'"+name+"'") || len(value) > 8 && strings.Contains(out, value) {
			t.Errorf("%s got through", name)
		}
	}
	if touched, _ := filepath.Glob(filepath.Join(dir, "x-*")); len(touched) > 0 { // the pattern is well-formed
		t.Errorf("run: %v", touched)
	}
}

// TestParametersAreNoCode gives values that would be code, options or more words if
// anything spliced or split them, each by every way in.
func TestParametersAreNoCode(t *testing.T) {
	t.Parallel()
	book := func(declared string) string {
		return "---\nlang: en\nparams:\n  - {name: value, " + declared + "}\n---\n# P\n\n## Execution\n\n1. Use it.\n\n" +
			"```bash {name=use effect=read args=\"value\"}\nprintf 'variable [%s]\\n' \"$value\"; printf 'argument [%s]\\n' \"$1\"; echo \"count $#\"\n```\n"
	}
	free := "---\nlang: en\nparams:\n  - {name: value, type: text}\n---\n# P\n\n## Execution\n\n1. Use it.\n\n```bash {name=use effect=read}\nprintf 'variable [%s]\\n' \"$value\"\n```\n"
	dir := t.TempDir()
	mark := filepath.Join(dir, "x")
	for _, value := range []string{
		"'; touch " + mark + "; '", "$(touch " + mark + ")", "`touch " + mark + "`", "a[$(touch " + mark + ")]", "--upload-pack=touch " + mark, "-rf", "a b", "a\nb", "",
		"x;touch " + mark, "${IFS}", "*", "~", "a\x1b]0;x\a",
	} {
		for name, text := range map[string]string{"default": book("label: v"), "own pattern": book(`pattern: "[a-z]+"`), "free text as argument": book("type: text")} {
			out, errs, code := command(t, home(t), "run", "--auto", "--param", "value="+value, write(t, "p.md", text))
			if code == 0 || strings.Contains(out, "variable [") {
				t.Errorf("%s: %q was taken (exit %d):\n%s", name, value, code, out)
			}
			if !strings.Contains(errs+out, "value") {
				t.Errorf("%s: %q is refused without a word: %s", name, value, errs)
			}
		}
		if strings.ContainsAny(value, "\n\x1b") || value == "" {
			continue
		}
		// As free text it is data, and arrives whole.
		out, errs, code := command(t, home(t), "run", "--auto", "--param", "value="+value, write(t, "p.md", free))
		if code != 0 || !strings.Contains(out, "variable ["+value+"]") {
			t.Errorf("free text %q: exit %d:\n%s%s", value, code, out, errs)
		}
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a value was run as code")
	}
	// A value that begins with a dash is an argument only where the pattern says so.
	out, _, code := command(t, home(t), "run", "--auto", "--param", "value=-x", write(t, "p.md", book(`pattern: "-?[a-z]+"`)))
	if code != 0 || !strings.Contains(out, "argument [-x]") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if out, _, code = command(t, home(t), "run", "--auto", "--param", "value=-x", write(t, "p.md", book(`pattern: ".*"`))); code == 0 {
		t.Errorf("a pattern that lets everything through let a dash through:\n%s", out)
	}
}
