package actions

import (
	"bytes"
	"encoding/json"
	"mime"
	"strings"
)

// maxPretty bounds the JSON that is laid out for readers, in bytes. What is longer
// is shown as it came: nobody reads it line by line.
const maxPretty = 256 << 10

// isJSON reports whether a content type is one JSON document, not a stream of them.
func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// prettyJSON lays a JSON document out for readers: the order of its members and
// the spelling of its numbers and texts stay. A document that is none, is long, or
// in which a secret could be masked only as it came, stays as it is.
func prettyJSON(body []byte, g guard) []byte {
	if len(body) > maxPretty {
		return body
	}
	var laid bytes.Buffer
	if err := json.Indent(&laid, bytes.TrimSpace(body), "", "  "); err != nil {
		return body
	}
	if g.set != nil {
		_, before := g.set.String(string(body))
		if _, after := g.set.String(laid.String()); after < before {
			return body
		}
	}
	return laid.Bytes()
}
