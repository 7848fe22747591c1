package runbooks

import (
	"fmt"
	"slices"
	"strings"
)

// RequestError says what is wrong with the text of an http or mail fence.
type RequestError struct {
	Line   int // offset within the fence, 0 = its first line
	Reason string
	Hint   string // what to write instead, or ""
}

func (e *RequestError) Error() string {
	if e.Hint == "" {
		return fmt.Sprintf("line %d of the fence: %s", e.Line+1, e.Reason)
	}
	return fmt.Sprintf("line %d of the fence: %s; %s", e.Line+1, e.Reason, e.Hint)
}

// Header is one header of a request or a mail; Value is a template.
type Header struct {
	Name  string // as written
	Value string
}

// HTTPRequest is an http fence taken apart. Nothing is replaced yet.
type HTTPRequest struct {
	Method  string // upper case
	URL     string // template
	Headers []Header
	Body    string // template; "" = none
}

// MailMessage is a mail fence taken apart. Nothing is replaced yet.
type MailMessage struct {
	Headers []Header // From, To, Cc, Bcc, Reply-To, Subject; names in that spelling
	Body    string   // template
}

// Get returns the values of the headers called name, joined by commas.
func (m MailMessage) Get(name string) string {
	var all []string
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			all = append(all, h.Value)
		}
	}
	return strings.Join(all, ", ")
}

// inTwoBraces writes a name as a template has it, without blanks around.
func inTwoBraces(name string) string { return "{{" + name + "}}" }

func notLetter(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }

// isVersion recognises HTTP/1.1.
func isVersion(word string) bool {
	number, ok := strings.CutPrefix(word, "HTTP/")
	return ok && number != "" && strings.Trim(number, "0123456789.") == ""
}

// isHeader reports whether a name is a token (RFC 9110, 5.6.2).
func isHeader(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return notLetter(r) && !strings.ContainsRune("0123456789!#$%&'*+.^_`|~-", r)
	})
}

// httpMethods are the methods that an http fence may begin with.
func httpMethods() []string {
	return []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
}

// mailHeaders are the headers that a mail fence may set: the others belong to
// the one who sends it.
func mailHeaders() []string {
	return []string{"From", "To", "Cc", "Bcc", "Reply-To", "Subject"}
}

// fenceLines is the text of a fence with the place of the next line.
type fenceLines struct {
	lines []string
	at    int
}

func newFenceLines(code string) *fenceLines {
	code = strings.TrimSuffix(strings.ReplaceAll(code, "\r\n", "\n"), "\n")
	return &fenceLines{lines: strings.Split(code, "\n")}
}

func (f *fenceLines) more() bool   { return f.at < len(f.lines) }
func (f *fenceLines) line() string { return f.lines[f.at] }

func (f *fenceLines) refuse(hint, format string, args ...any) error {
	return &RequestError{Line: min(f.at, len(f.lines)-1), Reason: fmt.Sprintf(format, args...), Hint: hint}
}

// ParseHTTP reads the text of an http fence, which is one request of the .http
// format: comments, the request line (METHOD URL [HTTP/x], or a URL alone, which
// is a GET) with indented ? and & lines that continue its query, headers, a
// blank line, the body. Errors are *RequestError.
func ParseHTTP(code string) (HTTPRequest, error) {
	f := newFenceLines(code)
	for f.more() && (strings.TrimSpace(f.line()) == "" || requestComment(f.line())) {
		f.at++
	}
	if !f.more() {
		f.at = 0
		return HTTPRequest{}, f.refuse("write for example: GET https://host/path", "there is no request line")
	}
	req, err := f.requestLine()
	if err != nil {
		return HTTPRequest{}, err
	}
	if req.Headers, err = f.headers(true); err != nil {
		return HTTPRequest{}, err
	}
	if req.Body, err = f.httpBody(); err != nil {
		return HTTPRequest{}, err
	}
	return req, nil
}

// requestComment reports whether a line before the body is for readers only.
func requestComment(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")
}

// requestLine reads the request line and what continues its query.
func (f *fenceLines) requestLine() (HTTPRequest, error) {
	// Spaces inside {{ name }} do not separate words.
	line := replaceBraced(f.line(), inTwoBraces)
	words := strings.Fields(line)
	if strings.HasPrefix(words[0], "@") {
		return HTTPRequest{}, f.refuse("declare a parameter or an env value in the front matter", "variables of the .http format are not known here")
	}
	if len(words) > 1 && isVersion(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if len(words) == 1 && strings.ContainsFunc(words[0], notLetter) {
		words = []string{"GET", words[0]}
	}
	if len(words) < 2 {
		return HTTPRequest{}, f.refuse("write for example: GET https://host/path", "the request line has no URL")
	}
	if len(words) > 2 {
		return HTTPRequest{}, f.refuse("write a space in it as %20", "the URL holds a space")
	}
	method := strings.ToUpper(words[0])
	if !slices.Contains(httpMethods(), method) {
		return HTTPRequest{}, f.refuse("use one of "+strings.Join(httpMethods(), " "), "unknown method %q", words[0])
	}
	url := words[1]
	for f.at++; f.more() && requestContinues(f.line()); f.at++ {
		url += strings.Join(strings.Fields(replaceBraced(f.line(), inTwoBraces)), "")
	}
	return HTTPRequest{Method: method, URL: url}, nil
}

func requestContinues(line string) bool {
	trimmed := strings.TrimLeft(line, " \t")
	return trimmed != line && (strings.HasPrefix(trimmed, "?") || strings.HasPrefix(trimmed, "&"))
}

// headers reads headers up to the blank line, which it consumes. A line that
// begins with white space continues the header before it.
func (f *fenceLines) headers(comments bool) ([]Header, error) {
	var all []Header
	for ; f.more(); f.at++ {
		line := f.line()
		switch {
		case strings.TrimSpace(line) == "":
			f.at++
			return all, nil
		case comments && requestComment(line):
			continue
		case (line[0] == ' ' || line[0] == '\t') && len(all) > 0:
			all[len(all)-1].Value += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !ok || !isHeader(name) {
			return nil, f.refuse("write Name: value, and a blank line before the body", "%q is not a header", clipRequestLine(line))
		}
		all = append(all, Header{Name: name, Value: strings.TrimSpace(value)})
	}
	return all, nil
}

// httpBody reads the rest. A ### line ends a request; a second one cannot follow.
func (f *fenceLines) httpBody() (string, error) {
	var body []string
	for ; f.more(); f.at++ {
		if strings.HasPrefix(f.line(), "###") {
			for f.at++; f.more(); f.at++ {
				if line := f.line(); strings.TrimSpace(line) != "" && !requestComment(line) {
					return "", f.refuse("give each request a fence of its own", "a second request in one fence")
				}
			}
			break
		}
		body = append(body, f.line())
	}
	return strings.TrimRight(strings.Join(body, "\n"), "\n"), nil
}

// ParseMail reads the text of a mail fence: headers, a blank line, the body.
// Errors are *RequestError.
func ParseMail(code string) (MailMessage, error) {
	f := newFenceLines(code)
	for f.more() && strings.TrimSpace(f.line()) == "" {
		f.at++
	}
	first := f.at
	headers, err := f.headers(false)
	if err != nil {
		return MailMessage{}, err
	}
	for i, h := range headers {
		known := slices.IndexFunc(mailHeaders(), func(n string) bool { return strings.EqualFold(n, h.Name) })
		if known < 0 {
			f.at = first + i
			return MailMessage{}, f.refuse("use "+strings.Join(mailHeaders(), ", "), "a mail cannot set the header %s", h.Name)
		}
		headers[i].Name = mailHeaders()[known]
	}
	m := MailMessage{Headers: headers}
	for _, need := range []string{"To", "Subject"} {
		if m.Get(need) == "" {
			f.at = first
			return MailMessage{}, f.refuse("write "+need+": … above the blank line", "the mail has no %s", need)
		}
	}
	if f.more() {
		m.Body = strings.Join(f.lines[f.at:], "\n") + "\n"
	}
	return m, nil
}

// clipRequestLine shortens a line for a message.
func clipRequestLine(line string) string {
	if r := []rune(line); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return line
}
