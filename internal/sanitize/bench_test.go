package sanitize

import (
	"bytes"
	"testing"
)

// streams are 64 kB of what actions print.
func streams() map[string][]byte {
	fill := func(line string) []byte {
		return bytes.Repeat([]byte(line), 64<<10/len(line)+1)[:64<<10]
	}
	return map[string][]byte{
		"ascii": fill("2026-01-02T03:04:05Z INFO connector=facebook status=ok latency=12ms\n"),
		"utf-8": fill("Señal de interrupción: ¿revirtió el conector la versión? Sí, después de 3 años — «está» así…\n"),
		"coloured": fill("\x1b[32m✔\x1b[0m \x1b[1mconnector/facebook\x1b[0m deployed in \x1b[36m12ms\x1b[0m by release 1.4.2\n" +
			"\x1b[38;5;208mWARN\x1b[m retrying the request for the third time, 5s left\n"),
		"hostile": fill("ok \x1b]0;title\a \x1b[2J\x00 \u202e \xff \x1b[1;31mred\x1b[0m\n"),
	}
}

func BenchmarkFilter(b *testing.B) {
	for name, in := range streams() {
		for _, opts := range []Options{{}, {KeepSGR: true}} {
			if opts.KeepSGR && name != "coloured" {
				continue
			}
			b.Run(name+map[bool]string{true: " kept"}[opts.KeepSGR], func(b *testing.B) {
				f, dst := New(opts), make([]byte, 0, 2*len(in))
				b.SetBytes(int64(len(in)))
				b.ReportAllocs()
				for b.Loop() {
					dst = f.Append(dst[:0], in)
				}
			})
		}
	}
}

func TestFilterDoesNotAllocate(t *testing.T) {
	for name, in := range streams() {
		f, dst := New(Options{KeepSGR: true}), make([]byte, 0, 2*len(in))
		if n := testing.AllocsPerRun(20, func() { dst = f.Append(dst[:0], in) }); n != 0 {
			t.Errorf("%s: %v allocations a chunk", name, n)
		}
	}
}
