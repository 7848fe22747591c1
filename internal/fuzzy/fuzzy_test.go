package fuzzy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func texts() []Text {
	return []Text{
		NewText("Restaurar la cola de pedidos", "cola", "/r/cola.md", []string{"Reversión", "Comprobación final"}, []string{"QueueFull"}),
		NewText("Change the DNS", "net/dns", "/r/net/dns.md", []string{"Rollback"}, []string{"DNSLookupsFail"}),
		NewText("Kafka", "kafka", "/r/kafka.md", []string{"ConsumerLagHigh", "Queue of the broker"}, nil),
	}
}

func TestRank(t *testing.T) {
	for query, want := range map[string][]int{
		"":              {0, 1, 2},
		"pedidos":       {0},
		"reversion":     {0},
		"REVERSIÓN":     {0},
		"queue":         {0, 2},
		"queuefull":     {0},
		"dns":           {1},
		"lag kafka":     {2},
		"kafka missing": {},
		"qfull":         {0}, // letters left out, of the name of an alert
		"kfk":           {2},
		"rstrr":         {0},
		"rbk":           {1},
		"of broker":     {2},
	} {
		if got := Rank(texts(), nil, query); !slices.Equal(got, want) {
			t.Errorf("Rank(%q) = %v, want %v", query, got, want)
		}
	}
	if got := Rank(texts(), []int{2}, "queue"); !slices.Equal(got, []int{2}) {
		t.Errorf("among others than asked: %v", got)
	}
}

// TestGoingOnNarrows: what a longer query finds, the shorter one found too.
func TestGoingOnNarrows(t *testing.T) {
	all := texts()
	rapid.Check(t, func(t *rapid.T) {
		query := rapid.StringOfN(rapid.RuneFrom([]rune("abcdefikloqrsu ñó/")), 0, 8, -1).Draw(t, "query")
		more := query + rapid.StringOfN(rapid.RuneFrom([]rune("abcdefikloqrsu ñó/")), 1, 3, -1).Draw(t, "more")
		before := Rank(all, nil, query)
		after := Rank(all, nil, more)
		for _, i := range after {
			if !slices.Contains(before, i) {
				t.Fatalf("%q finds %d, %q does not", more, i, query)
			}
		}
		if narrowed := Rank(all, before, more); !slices.Equal(narrowed, after) {
			t.Fatalf("narrowed %v, anew %v", narrowed, after)
		}
	})
}

func TestWhere(t *testing.T) {
	for query, want := range map[string]string{"lag": "ConsumerLagHigh", "kafka": "", "broker": "Queue of the broker", "zzz": ""} {
		if got := texts()[2].Where(query); got != want {
			t.Errorf("Where(%q) = %q, want %q", query, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	for _, tc := range []struct{ text, query, want string }{
		{"Reversión total", "sion", ".....xxxx......"},
		{"Ñandú", "nandu", "xxxxx"},
		{"abc", "b c", ".xx"},
		{"abc", "zz", ""},
		{"abc", "", ""},
	} {
		got := ""
		for _, on := range Spans(tc.text, tc.query) {
			got += map[bool]string{true: "x", false: "."}[on]
		}
		if got != tc.want {
			t.Errorf("Spans(%q, %q) = %q, want %q", tc.text, tc.query, got, tc.want)
		}
	}
}

func BenchmarkRank(b *testing.B) {
	all := make([]Text, 5000)
	for i := range all {
		var headings []string
		for n := range 12 {
			headings = append(headings, fmt.Sprintf("Heading %d of service %d: %s", n, i, strings.Repeat("word ", n)))
		}
		all[i] = NewText(fmt.Sprintf("Service %d", i), "s", "/r/s.md", headings, []string{fmt.Sprintf("Service%dDown", i)})
	}
	for b.Loop() {
		Rank(all, nil, "serv 49 down")
	}
}
