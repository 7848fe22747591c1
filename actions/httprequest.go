package actions

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// httpPlan is a request with its values in place, ready to be sent or shown.
type httpPlan struct {
	method  string
	url     *url.URL
	headers []runbooks.Header
	body    string
}

// planHTTP puts the values of a request where they stand, each encoded for its
// place, and refuses what may not stand there.
func planHTTP(v values) (httpPlan, error) {
	parsed, err := runbooks.ParseHTTP(v.req.Action.Code)
	if err != nil {
		return httpPlan{}, err
	}
	if err := v.visible(); err != nil {
		return httpPlan{}, err
	}
	plan := httpPlan{method: parsed.Method}
	if plan.url, err = v.planURL(parsed.URL); err != nil {
		return httpPlan{}, err
	}
	if err := v.allowHost(plan.url); err != nil {
		return httpPlan{}, err
	}
	for _, h := range parsed.Headers {
		value, err := runbooks.Expand(h.Value, v.encoded(oneLine("the header "+h.Name)))
		if err != nil {
			return httpPlan{}, err
		}
		switch strings.ToLower(h.Name) {
		case "host":
			if !strings.EqualFold(value, plan.url.Host) {
				return httpPlan{}, fmt.Errorf("the header Host must be the URL's host; leave it out")
			}
		case "content-length", "transfer-encoding", "connection":
			// They follow from the body, which is sent as a whole.
		default:
			plan.headers = append(plan.headers, runbooks.Header{Name: h.Name, Value: value})
		}
	}
	return plan, v.planBody(&plan, parsed.Body)
}

// planURL expands a URL. Only env values may stand in its origin (scheme, host,
// port, and the beginning of a path that such a value may hold); all others are
// percent-encoded, and none can lead out of its path segment.
func (v values) planURL(template string) (*url.URL, error) {
	at := strings.Index(template, "://") + len("://")
	if strings.HasPrefix(template, "{{") {
		at = strings.Index(template, "}}") + len("}}")
	} else if at < len("://") {
		return nil, fmt.Errorf("the URL must begin with https://, http:// or an env value such as {{API}}")
	}
	rest := ""
	if end := strings.IndexAny(template[at:], "/?#"); end >= 0 {
		template, rest = template[:at+end], template[at+end:]
	}
	origin, err := v.origin(template)
	if err != nil {
		return nil, err
	}
	rest, _, _ = strings.Cut(rest, "#") // a fragment is never sent
	path, query, hasQuery := strings.Cut(rest, "?")
	if path, err = v.path(path); err != nil {
		return nil, err
	}
	if query, err = runbooks.Expand(query, v.encoded(encodeQuery)); err != nil {
		return nil, err
	}
	whole := origin.String()
	if path != "" {
		whole = strings.TrimSuffix(whole, "/") + path
	}
	if hasQuery {
		whole += "?" + query
	}
	u, err := url.Parse(whole)
	if err != nil || u.Host != origin.Host || u.Scheme != origin.Scheme {
		return nil, fmt.Errorf("the URL is not valid with its values in place")
	}
	return u, nil
}

// origin expands the part of a URL where only env values may stand.
func (v values) origin(template string) (*url.URL, error) {
	text, err := runbooks.Expand(template, func(name string) (string, error) {
		if value, ok := v.trusted(name); ok {
			return value, nil
		}
		if _, err := v.get(name); err != nil {
			return "", err
		}
		if v.invent {
			return "http://" + strings.ToLower(name) + ".invalid", nil
		}
		return "", &RefusedValueError{Name: name, Place: "the origin of a URL", Reason: "only a value of the front matter's env may"}
	})
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Hostname() == "", u.Opaque != "":
		return nil, fmt.Errorf("the origin of the URL is not an address such as https://host:port")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("the URL must begin with https:// or http://")
	case u.User != nil:
		return nil, fmt.Errorf("the URL may not hold a user or a password; send them in a header")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, fmt.Errorf("the origin of the URL may not hold a query")
	}
	return u, nil
}

// path expands a URL path, segment by segment.
func (v values) path(template string) (string, error) {
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		names := runbooks.Names(segment)
		if len(names) == 0 {
			continue
		}
		raw, err := runbooks.Expand(segment, v.get)
		if err != nil {
			return "", err
		}
		refused := &RefusedValueError{Name: strings.Join(names, ", "), Place: "a URL path"}
		switch {
		case raw == "":
			refused.Reason = "it is empty"
			return "", refused
		case climbs(raw):
			refused.Reason = "it would lead to another path"
			return "", refused
		}
		segments[i], err = runbooks.Expand(segment, v.encoded(func(_, value string) (string, error) {
			return url.PathEscape(value), nil
		}))
		if err != nil {
			return "", err
		}
	}
	return strings.Join(segments, "/"), nil
}

// planBody expands the body according to what it is.
func (v values) planBody(plan *httpPlan, template string) error {
	if template == "" {
		return nil
	}
	contentType, declared := "", false
	for _, h := range plan.headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			contentType, declared = strings.ToLower(h.Value), true
		}
	}
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.TrimSpace(media)
	first := strings.TrimSpace(template)[:1]
	isJSON := strings.Contains(media, "json") || !declared && (first == "{" || first == "[")
	oneDocument := !declared || media == "application/json" || strings.HasSuffix(media, "+json") // not ndjson and the like

	var err error
	switch {
	case isJSON:
		plan.body, err = v.expandJSON(template)
		if err == nil && oneDocument && !v.invent && !json.Valid([]byte(plan.body)) {
			err = fmt.Errorf("the body is not valid JSON with its values in place; check its commas and quotes")
		}
		if !declared {
			plan.headers = append(plan.headers, runbooks.Header{Name: "Content-Type", Value: "application/json"})
		}
	case media == "application/x-www-form-urlencoded":
		plan.body, err = runbooks.Expand(template, v.encoded(encodeQuery))
	case strings.HasSuffix(media, "xml") || strings.HasSuffix(media, "html"):
		plan.body, err = runbooks.Expand(template, v.encoded(func(_, value string) (string, error) {
			return html.EscapeString(value), nil
		}))
	default:
		plan.body, err = runbooks.Expand(template, v.get)
	}
	return err
}

// expandJSON expands a JSON text: inside a string a value is escaped, elsewhere it
// must be a number, true, false or null.
func (v values) expandJSON(template string) (string, error) {
	var b strings.Builder
	inString, escaped := false, false
	for _, part := range runbooks.ParseTemplate(template) {
		if part.Name != "" {
			value, err := v.get(part.Name)
			if err != nil {
				return "", err
			}
			if value, err = jsonValue(part.Name, value, inString); err != nil && !v.invent {
				return "", err
			}
			b.WriteString(value)
			continue
		}
		for _, c := range []byte(part.Text) {
			switch {
			case escaped:
				escaped = false
			case inString && c == '\\':
				escaped = true
			case c == '"':
				inString = !inString
			}
		}
		b.WriteString(part.Text)
	}
	return b.String(), nil
}

// jsonValue returns a value as it may stand inside or outside a JSON string.
func jsonValue(name, value string, inString bool) (string, error) {
	if inString {
		return jsonEscape(value), nil
	}
	if json.Valid([]byte(value)) && !strings.ContainsAny(value, `"[{`) {
		return value, nil
	}
	return value, &RefusedValueError{Name: name, Place: "JSON outside quotes", Reason: "it is not a number, true, false or null"}
}

// jsonEscape returns the inside of a JSON string.
func jsonEscape(value string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value) // a string always encodes
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// preview shows the request as it will be sent.
func (p httpPlan) preview(req Request) Preview {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", p.method, p.url)
	for _, h := range p.headers {
		fmt.Fprintf(&b, "\n%s: %s", h.Name, h.Value)
	}
	if p.body != "" {
		b.WriteString("\n\n" + p.body)
	}
	return Preview{Command: b.String(), Where: p.url.Host, Values: given(req, runbooks.Names(req.Action.Code))}.
		withLands(req, Fact{"http.origin", p.url.Scheme + "://" + p.url.Host})
}

// where names the request in messages: never its query, which may hold anything.
func (p httpPlan) where() string {
	return p.method + " " + p.url.Scheme + "://" + p.url.Host + p.url.EscapedPath()
}
