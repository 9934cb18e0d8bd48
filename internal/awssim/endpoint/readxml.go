package endpoint

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// readXML reads a request's body, whose outermost element has a name, into the struct that value points to. It refuses what would
// be lost: an element with a text that the struct has no place for.
func readXML(body []byte, name string, value any) error {
	if err := xml.Unmarshal(body, value); err != nil {
		return err
	}
	sent, err := leaves(body)
	if err != nil {
		return err
	}
	var kept bytes.Buffer
	if err := xml.NewEncoder(&kept).EncodeElement(value, xml.StartElement{Name: xml.Name{Local: name}}); err != nil {
		return err
	}
	known, err := leaves(kept.Bytes())
	if err != nil {
		return err
	}
	for _, path := range sent {
		if !slices.Contains(known, path) {
			return fmt.Errorf("%s is not simulated", path)
		}
	}
	return nil
}

// leaves are the paths of all elements that have a text and no other elements.
func leaves(document []byte) ([]string, error) {
	var paths, at []string
	text := ""
	for d := xml.NewDecoder(bytes.NewReader(document)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return paths, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			at, text = append(at, token.Name.Local), ""
		case xml.CharData:
			text += string(token)
		case xml.EndElement:
			if strings.TrimSpace(text) != "" {
				paths = append(paths, strings.Join(at, "/"))
			}
			at, text = at[:len(at)-1], ""
		}
	}
}
