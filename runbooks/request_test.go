package runbooks

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestTemplate(t *testing.T) {
	s := "{{a}}-{{ b_1 }}{{a}} {{ .Values.x }} {{range}}} {x}"
	if got, want := Names(s), []string{"a", "b_1", "range"}; !reflect.DeepEqual(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	got, err := Expand(s, func(name string) (string, error) { return "<" + name + "{{a}}>", nil })
	if want := "<a{{a}}>-<b_1{{a}}><a{{a}}> {{ .Values.x }} <range{{a}}>} {x}"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q: values are never expanded again", got, err, want)
	}
	fails := errors.New("no value")
	if _, err := Expand(s, func(string) (string, error) { return "", fails }); !errors.Is(err, fails) {
		t.Errorf("got %v", err)
	}
}

func TestParseHTTP(t *testing.T) {
	for _, tc := range []struct {
		name, code string
		want       HTTPRequest
	}{
		{"URL alone", "https://x/y\n", HTTPRequest{Method: "GET", URL: "https://x/y"}},
		{"whole", "# first\nPOST {{ API }}/c/{{id}}/off HTTP/1.1\nAuthorization: Bearer {{ T }}\n// why\nX-Long: a\n  b\n\n{\n  \"v\": 1\n}\n\n",
			HTTPRequest{"POST", "{{API}}/c/{{id}}/off", []Header{{"Authorization", "Bearer {{ T }}"}, {"X-Long", "a b"}}, "{\n  \"v\": 1\n}"}},
		{"query on lines", "get https://x/y\n  ?a=1\n  &b={{ b }}\nA: b\n", HTTPRequest{"GET", "https://x/y?a=1&b={{b}}", []Header{{"A", "b"}}, ""}},
		{"separator", "### one\r\nGET https://x\r\n\r\nbody\r\n###\r\n", HTTPRequest{"GET", "https://x", nil, "body"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ParseHTTP(tc.code)
			if err != nil || !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tc.want)
			}
		})
	}
}

func TestRequestErrorsNameTheLine(t *testing.T) {
	parse := map[string]func(string) error{
		"http": func(s string) error { _, err := ParseHTTP(s); return err },
		"mail": func(s string) error { _, err := ParseMail(s); return err },
	}
	for _, tc := range []struct {
		kind, code string
		line       int
		text       string
	}{
		{"http", "", 0, "no request line"},
		{"http", "# only\n\n", 0, "no request line"},
		{"http", "\nGET\n", 1, "no URL"},
		{"http", "FETCH https://x\n", 0, "unknown method"},
		{"http", "GET https://x/a b c\n", 0, "space"},
		{"http", "@host = x\nGET https://x\n", 0, "variables"},
		{"http", "GET https://x\nno header\n", 1, "not a header"},
		{"http", "GET https://x\n\nbody\n###\nGET https://y\n", 4, "second request"},
		{"mail", "To: a@b\n\nx", 0, "no Subject"},
		{"mail", "Subject: a\n\nx", 0, "no To"},
		{"mail", "To: a@b\nSubject: s\nContent-Type: text/html\n\nx", 2, "Content-Type"},
		{"mail", "Dear all", 0, "not a header"},
	} {
		err := parse[tc.kind](tc.code)
		var re *RequestError
		if !errors.As(err, &re) || re.Line != tc.line || !strings.Contains(re.Error(), tc.text) {
			t.Errorf("%s %q: got %v, want line %d and %q", tc.kind, tc.code, err, tc.line, tc.text)
		}
	}
}

func TestParseMail(t *testing.T) {
	got, err := ParseMail("to: {{ADMINS}}\nTo: b@x.org\nSUBJECT: {{connector}}\n is back\n\nHello\n\n-- \nus\n")
	want := MailMessage{
		Headers: []Header{{"To", "{{ADMINS}}"}, {"To", "b@x.org"}, {"Subject", "{{connector}} is back"}},
		Body:    "Hello\n\n-- \nus\n",
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if to := got.Get("to"); to != "{{ADMINS}}, b@x.org" {
		t.Errorf("to %q", to)
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add("POST {{A}}/x\nA: b\n\n{}")
	f.Add("To: a\nSubject: b\n\nc")
	f.Fuzz(func(t *testing.T, code string) {
		for _, err := range []error{onlyErr(ParseHTTP(code)), onlyErr(ParseMail(code))} {
			var re *RequestError
			if err != nil && (!errors.As(err, &re) || re.Line < 0 || re.Line > strings.Count(code, "\n")) {
				t.Fatalf("%q: %v", code, err)
			}
		}
	})
}

func onlyErr[T any](_ T, err error) error { return err }
