package client

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Item is a to-do as clients see it. It is declared here, not taken from the application, so that a field that is renamed there
// is noticed.
type Item struct {
	ID     uint64 `json:"id"`
	Task   string `json:"task"`
	Status string `json:"status"`
}

// String is the item as JSON.
func (i Item) String() string { return text(i) }

// Creation is the body that creates the item.
func (i Item) Creation() string {
	return text(struct {
		Task   string `json:"task"`
		Status string `json:"status"`
	}{i.Task, i.Status})
}

// Reference is the body that names the item and says nothing else.
func (i Item) Reference() string {
	return text(struct {
		ID uint64 `json:"id"`
	}{i.ID})
}

// ReadItem reads an answer's body, which must have the fields of an item and no others.
func ReadItem(body []byte) (Item, error) {
	var i Item
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&i); err != nil {
		return Item{}, fmt.Errorf("read a to-do: %w", err)
	}
	return i, nil
}

// text is v as JSON, without the escapes that are for HTML.
func text(v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // numbers and strings: it cannot fail
	return string(bytes.TrimSpace(b.Bytes()))
}
