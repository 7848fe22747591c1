package redact

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
)

// dozen are twelve secrets in the shapes that secrets have.
func dozen() map[string]string {
	random := rand.New(rand.NewPCG(1, 2))
	draw := func(alphabet string, n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[random.IntN(len(alphabet))]
		}
		return string(b)
	}
	const digits, hexa = "0123456789", "0123456789abcdef"
	const alnum = digits + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	key := []byte(draw(alnum+"+/", 1200))
	return map[string]string{
		"ADMIN_TOKEN":    draw(alnum, 40),
		"API_KEY":        "key-" + draw(hexa, 32),
		"DATABASE_URL":   "postgres://genia:" + draw(alnum, 16) + "@db.internal:5432/genia?sslmode=require",
		"DEPLOY_KEY":     "-----BEGIN KEY-----\n" + wrap(base64.StdEncoding.EncodeToString(key), 64, "\n") + "\n-----END KEY-----\n",
		"FEED_PASSWORD":  "correct horse battery staple",
		"LOGIN":          "admin:S3cret!$" + draw(digits, 4),
		"PIN":            draw(digits, 8),
		"SESSION":        draw(alnum+"-_", 180),
		"SMTP_PASSWORD":  `p4ss w"ord'/+?&=$x\é`,
		"SIGNING_SECRET": draw(hexa, 64),
		"UUID":           draw(hexa, 8) + "-" + draw(hexa, 4) + "-4" + draw(hexa, 3) + "-" + draw(hexa, 4) + "-" + draw(hexa, 12),
		"WEBHOOK":        "https://hooks.example.net/services/T" + draw(alnum, 10) + "/B" + draw(alnum, 24),
	}
}

// texts are 64 kB without secrets.
func texts() map[string][]byte {
	fill := func(line string) []byte {
		return bytes.Repeat([]byte(line), 64<<10/len(line)+1)[:64<<10]
	}
	random := rand.New(rand.NewPCG(3, 4))
	blob := make([]byte, 48<<10)
	for i := range blob {
		blob[i] = byte(random.Uint32())
	}
	return map[string][]byte{
		"log": fill("2026-01-02T03:04:05Z INFO connector=facebook status=ok latency=12ms trace=4bf92f3577b34da6a3ce929d0e0e4736\n" +
			"2026-01-02T03:04:06Z WARN connector=instagram status=429 retry=3 url=https://api.example.net/v2/media?limit=50&page=7\n"),
		"json":    fill(`{"id":"0b7a2c1e-9d5f-4c3b-8a6e-1f2d3c4b5a69","level":"error","message":"connection refused","attempt":3,"host":"db-1.internal"}` + "\n"),
		"spanish": fill("Señal de interrupción: ¿revirtió el conector la versión? Sí, después de 3 años — «está» así…\n"),
		"base64":  []byte(wrap(base64.StdEncoding.EncodeToString(blob), 76, "\n"))[:64<<10],
		"lines":   fill("ok\n1\nfacebook\n\n"),
		"yes":     fill("y\n"),
	}
}

func BenchmarkStream(b *testing.B) {
	set := mustSet(b, dozen())
	for name, in := range texts() {
		b.Run(name, func(b *testing.B) {
			stream, dst := set.Stream(), make([]byte, 0, 2*len(in))
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				dst = stream.Append(dst[:0], in)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	secrets := dozen()
	for b.Loop() {
		mustSet(b, secrets)
	}
}

func TestStreamDoesNotAllocate(t *testing.T) {
	secrets := dozen()
	set := mustSet(t, secrets)
	in := texts()
	in["secrets"] = []byte(strings.Repeat("ok "+secrets["ADMIN_TOKEN"]+" "+secrets["PIN"]+"\n"+secrets["SESSION"][:90], 100))
	for name, text := range in {
		stream, dst := set.Stream(), make([]byte, 0, 2*len(text))
		dst = stream.Append(dst[:0], text)
		dst = stream.Append(dst[:0], text)
		if n := testing.AllocsPerRun(20, func() { dst = stream.Append(dst[:0], text) }); n != 0 {
			t.Errorf("%s: %v allocations a chunk", name, n)
		}
	}
}
