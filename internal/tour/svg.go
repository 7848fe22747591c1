package main

import (
	"encoding/xml"
	"fmt"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// Measures of a drawn screen, in tenths of a pixel so that sums stay exact.
const (
	cellTenths = 84 // a monospace font of 14 pixels is 8.4 wide
	rowTenths  = 180
	padTenths  = 120
	baseTenths = 132 // of the text below the top of its row
)

// The colours of a dark terminal: its sixteen, paper and ink.
var palette = [16]string{
	"#3b4048", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
	"#8b93a1", "#ff7b86", "#a9d98c", "#f2d08a", "#7cc0ff", "#d792ec", "#6fd3df", "#ffffff",
}

const paper, ink, frame = "#1b1f24", "#d8dee6", "#57606a"

// draw makes an SVG of a screen: each run of one style is stretched to the cells it
// takes, so that it stands in its place whatever font is there.
func draw(g grid, title string) string {
	width, height := 2*padTenths, 2*padTenths+len(g)*rowTenths
	if len(g) > 0 {
		width += g[0].width() * cellTenths
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]s" height="%[2]s" viewBox="0 0 %[1]s %[2]s" role="img">`+"\n",
		px(width), px(height))
	fmt.Fprintf(&b, "<title>%s</title>\n", escape(title))
	fmt.Fprintf(&b, "<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;"+
		"fill:%s;white-space:pre}.b{font-weight:bold}.f{opacity:.6}.i{font-style:italic}.u{text-decoration:underline}</style>\n", ink)
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%s" height="%s" rx="6" fill="%s" stroke="%s"/>`+"\n", px(width-10), px(height-10), paper, frame)
	for y, l := range g {
		x := 0
		for _, run := range runs(l) {
			drawRun(&b, run, x, y)
			x += run.width()
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// runs divides a row into stretches of one style. What is wide, or no plain
// letter, stands alone: fonts do not agree on its width. Blanks side by side end
// a stretch: some programs draw them as one.
func runs(l line) []line {
	var all []line
	for i, c := range l {
		if i > 0 && c.style.Equal(&l[i-1].style) && plain(c) && plain(l[i-1]) && !gap(l, i) {
			all[len(all)-1] = append(all[len(all)-1], c)
		} else {
			all = append(all, line{c})
		}
	}
	return all
}

// gap reports whether the cell comes after two blanks, or is the second of two
// with a letter before them.
func gap(l line, i int) bool {
	blank := func(i int) bool { return i >= 0 && i < len(l) && l[i].text == " " }
	return blank(i-1) && (blank(i) != blank(i-2) && i > 1)
}

// plain reports whether a grapheme is a letter that monospace fonts hold.
func plain(c cell) bool {
	r := []rune(c.text)
	return c.width == 1 && len(r) == 1 && (r[0] < 0x250 || r[0] >= 0x2500 && r[0] < 0x2580)
}

func drawRun(b *strings.Builder, run line, x, y int) {
	style := run[0].style
	fore, back := tint(style.Fg), tint(style.Bg)
	if style.Attrs&uv.AttrReverse != 0 {
		if fore == "" {
			fore = ink
		}
		if back == "" {
			back = paper
		}
		fore, back = back, fore
	}
	left, top, wide := padTenths+x*cellTenths, padTenths+y*rowTenths, run.width()*cellTenths
	if back != "" {
		fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`+"\n", px(left), px(top), px(wide), px(rowTenths), back)
	}
	text := run.String()
	blank := strings.TrimLeft(text, " ")
	left += (len(text) - len(blank)) * cellTenths // blanks are one byte and one cell
	text = strings.TrimRight(blank, " ")
	if text == "" {
		return
	}
	wide -= (len(run.String()) - len(text)) * cellTenths
	fmt.Fprintf(b, `<text x="%s" y="%s" textLength="%s" lengthAdjust="spacingAndGlyphs"`, px(left), px(top+baseTenths), px(wide))
	if class := classes(style); class != "" {
		fmt.Fprintf(b, ` class="%s"`, class)
	}
	if fore != "" {
		fmt.Fprintf(b, ` style="fill:%s"`, fore)
	}
	fmt.Fprintf(b, ">%s</text>\n", escape(text))
}

func classes(style uv.Style) string {
	var all []string
	for _, a := range []struct {
		on    bool
		class string
	}{
		{style.Attrs&uv.AttrBold != 0, "b"}, {style.Attrs&uv.AttrFaint != 0, "f"},
		{style.Attrs&uv.AttrItalic != 0, "i"}, {style.Underline != uv.UnderlineNone, "u"},
	} {
		if a.on {
			all = append(all, a.class)
		}
	}
	return strings.Join(all, " ")
}

// tint returns a colour as SVG writes it, "" for the terminal's own.
func tint(c color.Color) string {
	switch c := c.(type) {
	case nil:
		return ""
	case ansi.BasicColor:
		return palette[c&15]
	case ansi.IndexedColor:
		if c < 16 {
			return palette[c]
		}
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

func px(tenths int) string {
	if tenths%10 == 0 {
		return fmt.Sprint(tenths / 10)
	}
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
