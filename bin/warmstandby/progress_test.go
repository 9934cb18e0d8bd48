package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestProgressInLines(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	for _, line := range []string{"building", "building", "starting"} {
		p.show(line)
	}
	p.clear()
	p.show("starting")
	if got := b.String(); got != "building\nstarting\nstarting\n" {
		t.Errorf("got %q", got)
	}
}

func TestProgressInPlace(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, inPlace: true}
	p.clear()
	p.show("building")
	p.show(strings.Repeat("é", 100))
	p.clear()
	p.clear()
	want := "\rbuilding\x1b[K" + "\r" + strings.Repeat("é", 78) + "…\x1b[K" + "\r\x1b[K"
	if got := b.String(); got != want {
		t.Errorf("got %q", got)
	}
}
