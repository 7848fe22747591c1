package actions_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/actions/actionstest"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

func action(kind runbooks.Kind, lang, code string) *runbooks.Action {
	return &runbooks.Action{
		ID: "a", Kind: kind, Lang: lang, Code: code, Effect: runbooks.EffectWrite, SampleOutput: "sample\n",
		Secrets: []string{"TOKEN"},
	}
}

var secrets = map[string]string{"TOKEN": "hunter2/hunter2"}

func live(t *testing.T, kind runbooks.Kind, rehearsed bool) actions.Executor {
	if rehearsed {
		return actions.Rehearsal()[kind]
	}
	return actions.Live(actions.LiveOptions{Environ: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}})[kind]
}

// both runs a suite on the live executor and on that of a rehearsal.
func both(t *testing.T, kind runbooks.Kind, subject func(t *testing.T) actionstest.Subject) {
	for name, rehearsed := range map[string]bool{"live": false, "rehearsal": true} {
		t.Run(name, func(t *testing.T) {
			s := subject(t)
			s.Executor, s.Simulates = live(t, kind, rehearsed), rehearsed
			s.Record = func(t *testing.T, e actions.Executor, req actions.Request) actionstest.Recorded {
				mode := event.ModeLive
				if rehearsed {
					mode = event.ModeRehearsal
				}
				return record(t, e, req, mode)
			}
			actionstest.Suite(t, s)
		})
	}
}

func TestShellConforms(t *testing.T) {
	both(t, runbooks.KindShell, func(t *testing.T) actionstest.Subject {
		return scriptSubject(t, t.TempDir(), func(*actions.Request) {})
	})
}

// TestInteractiveShellConforms: with a terminal of its own a script behaves alike.
func TestInteractiveShellConforms(t *testing.T) {
	both(t, runbooks.KindShell, func(t *testing.T) actionstest.Subject {
		return scriptSubject(t, t.TempDir(), func(req *actions.Request) {
			req.Action.Settings.Interactive, req.Terminal = true, desk{}
			req.Action.Code = "test -t 0 || exit 99\n" + req.Action.Code
		})
	})
}

// TestHostConforms runs blocks on a host whose ssh is a script that runs them here.
func TestHostConforms(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	ssh := "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done; shift 2; cd " + dir + " && exec sh -c \"$*\"\n"
	if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte(ssh), 0o700); err != nil {
		t.Fatal(err)
	}
	s := scriptSubject(t, dir, func(req *actions.Request) { req.Action.Settings.Host = "db1" })
	s.Executor = once{[]string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + t.TempDir()}}
	s.Record = func(t *testing.T, e actions.Executor, req actions.Request) actionstest.Recorded {
		return record(t, e, req, event.ModeLive)
	}
	actionstest.Suite(t, s)
}

// scriptSubject are scripts that leave a trace in dir, however and wherever they run:
// change says how.
func scriptSubject(t *testing.T, dir string, change func(*actions.Request)) actionstest.Subject {
	t.Helper()
	request := func(code string) actions.Request {
		req := actions.Request{Action: action(runbooks.KindShell, "sh", code), Dir: dir, Secrets: secrets, Shell: &actions.ShellState{}}
		change(&req)
		return req
	}
	return actionstest.Subject{
		Succeeds: func(*testing.T) actions.Request { return request(`echo x >>touched; echo ok; echo err >&2`) },
		Fails:    func(*testing.T) actions.Request { return request(`echo x >>touched; echo "$TOKEN"; exit 3`) },
		Floods: func(*testing.T) actions.Request {
			return request("echo x >>touched\nhead -c 70000000 /dev/zero | tr '\\0' x")
		},
		Repeats: func(t *testing.T, text string) actions.Request {
			file := filepath.Join(t.TempDir(), "text")
			if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return request("echo x >>touched; cat " + file)
		},
		Exits: []int{0, 3},
		Kept:  64 << 20,
		Hangs: func(t *testing.T) (actions.Request, <-chan struct{}) {
			fifo, reached := meeting(t)
			return request("echo >" + fifo + "; sleep 1000 & sleep 1000"), reached
		},
		Touched: func() int {
			data, _ := os.ReadFile(filepath.Join(dir, "touched"))
			return strings.Count(string(data), "x")
		},
	}
}

// meeting makes a fifo and tells when somebody has written to it, or the test is over.
func meeting(t *testing.T) (fifo string, reached chan struct{}) {
	t.Helper()
	fifo = filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	// Opened before the script is: it may be ended before it gets there.
	file, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	reached = make(chan struct{})
	go func() {
		_, _ = file.Read(make([]byte, 1)) // ends with the file, too
		close(reached)
	}()
	t.Cleanup(func() {
		_ = file.Close()
		<-reached
	})
	return fifo, reached
}

// once closes an executor after each action, so that what it keeps for a run does
// not count as left behind.
type once struct{ environ []string }

func (o once) executor() actions.Registry {
	return actions.Live(actions.LiveOptions{Environ: o.environ, Grace: 100 * time.Millisecond})
}

func (o once) Preview(req actions.Request) (actions.Preview, error) {
	return o.executor()[runbooks.KindShell].Preview(req)
}

func (o once) Execute(ctx context.Context, req actions.Request, sink actions.Sink) actions.Result {
	registry := o.executor()
	defer func() { _ = registry.Close() }()
	return registry[runbooks.KindShell].Execute(ctx, req, sink)
}

// desk is a terminal at which somebody sits and types nothing.
type desk struct{}

func (desk) Await(ctx context.Context) (actions.Screen, error) {
	return actions.Screen{Cols: 80, Rows: 24}, ctx.Err()
}
func (desk) Connect(actions.Keyboard) {}
func (desk) Show([]byte)              {}

func TestHTTPConforms(t *testing.T) {
	both(t, runbooks.KindHTTP, func(t *testing.T) actionstest.Subject { return webSubject(t, runbooks.KindHTTP, "http") })
}

func TestPromQLConforms(t *testing.T) {
	both(t, runbooks.KindPromQL, func(t *testing.T) actionstest.Subject { return webSubject(t, runbooks.KindPromQL, "promql") })
}

// webSubject answers whatever an http action or a query asks, by what it asks for.
func webSubject(t *testing.T, kind runbooks.Kind, lang string) actionstest.Subject {
	var touched atomic.Int64
	var repeated atomic.Value // string
	reached := make(chan chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		touched.Add(1)
		switch {
		case strings.Contains(r.RequestURI, "hangs"):
			select {
			case ch := <-reached:
				close(ch)
			default:
			}
			<-r.Context().Done()
		case strings.Contains(r.RequestURI, "fails"):
			w.WriteHeader(http.StatusInternalServerError)
		case strings.Contains(r.RequestURI, "floods"):
			_, _ = io.WriteString(w, strings.Repeat("x", 3<<20))
		case strings.Contains(r.RequestURI, "repeats"):
			text, _ := repeated.Load().(string)
			w.Header().Set("X-Request-Id", text)
			said, _ := json.Marshal(map[string]string{"status": "error", "error": text})
			if kind == runbooks.KindHTTP {
				said = []byte(text) // as it is
			}
			_, _ = w.Write(said)
		default:
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}`)
		}
	}))
	t.Cleanup(server.Close)
	request := func(word string) actions.Request {
		code := word + "{t=\"{{TOKEN}}\"}"
		if kind == runbooks.KindHTTP {
			code = "GET {{API}}/" + word + "?t={{TOKEN}}\nAuthorization: Bearer {{TOKEN}}\n"
		}
		return actions.Request{
			Action: action(kind, lang, code), Secrets: secrets, Env: map[string]string{"API": server.URL, "PROMETHEUS_URL": server.URL},
		}
	}
	return actionstest.Subject{
		Succeeds: func(*testing.T) actions.Request { return request("works") },
		Fails:    func(*testing.T) actions.Request { return request("fails") },
		Hangs: func(*testing.T) (actions.Request, <-chan struct{}) {
			ch := make(chan struct{})
			select {
			case <-reached: // of an earlier test that did not wait for it
			default:
			}
			reached <- ch
			return request("hangs"), ch
		},
		Floods: func(*testing.T) actions.Request { return request("floods") },
		Repeats: func(_ *testing.T, text string) actions.Request {
			repeated.Store(text)
			return request("repeats")
		},
		Touched:  func() int { return int(touched.Load()) },
		Statuses: [2]int{200, 500},
		Kept:     2 << 20,
	}
}

func TestMailConforms(t *testing.T) {
	both(t, runbooks.KindMail, func(t *testing.T) actionstest.Subject {
		var touched atomic.Int64
		request := func(addr string) actions.Request {
			return actions.Request{
				Action:  action(runbooks.KindMail, "mail", "From: a@x.example\nTo: b@x.example\nSubject: s\n\n{{TOKEN}}\n"),
				Secrets: secrets, Env: map[string]string{"SMTP_URL": "smtp://" + addr},
			}
		}
		return actionstest.Subject{
			Succeeds: func(t *testing.T) actions.Request {
				return request(mailServer(t, func(*bufio.Reader) bool { touched.Add(1); return true }, "250 taken"))
			},
			Fails: func(t *testing.T) actions.Request {
				return request(mailServer(t, func(*bufio.Reader) bool { touched.Add(1); return true }, "554 no"))
			},
			Floods: func(t *testing.T) actions.Request {
				return request(mailServer(t, func(*bufio.Reader) bool { touched.Add(1); return true }, "250 "+strings.Repeat("x", 3<<20)))
			},
			Repeats: func(t *testing.T, text string) actions.Request {
				return request(mailServer(t, func(*bufio.Reader) bool { touched.Add(1); return true }, "554 "+text))
			},
			Hangs: func(t *testing.T) (actions.Request, <-chan struct{}) {
				reached := make(chan struct{})
				return request(mailServer(t, func(r *bufio.Reader) bool {
					close(reached)
					_, _ = r.ReadByte() // until the client is gone
					return false
				}, "")), reached
			},
			Touched:  func() int { return int(touched.Load()) },
			Statuses: [2]int{250, 554},
			Kept:     1 << 20,
		}
	})
}

// mailServer speaks just enough SMTP for one mail at a time. greet is called for
// each connection and says whether to go on; answer is what a mail gets.
func mailServer(t *testing.T, greet func(*bufio.Reader) bool, answer string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			converse(conn, greet, answer)
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return listener.Addr().String()
}

func converse(conn net.Conn, greet func(*bufio.Reader) bool, answer string) {
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	if !greet(r) {
		return
	}
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 test")
	inData := false
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch line = strings.TrimSpace(line); {
		case inData:
			if line == "." {
				inData = false
				say(answer)
			}
		case line == "DATA":
			inData = true
			say("354 go on")
		case line == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
