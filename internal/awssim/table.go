package awssim

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// Table holds values by key, and lists them in the order of their keys. The zero value is empty and ready to use.
type Table[T any] struct {
	rows   map[string]T
	shared bool   // the rows are another table's too, and must not be changed
	writes uint64 // how often the table was changed
}

// share lets a copy of the table have the same rows, until one of the two changes.
func (t *Table[T]) share() { t.shared = true }

// Copy returns a table with the same rows; a change of one of the two does not change the other.
func (t *Table[T]) Copy() Table[T] {
	t.share()
	return *t
}

// changes is how often the table was changed.
func (t *Table[T]) changes() uint64 { return t.writes }

// own makes the rows the table's own, before they are changed.
func (t *Table[T]) own() {
	if t.shared {
		t.rows, t.shared = maps.Clone(t.rows), false
	}
	t.writes++
}

// Put stores the value under the key, in place of any earlier one.
func (t *Table[T]) Put(key string, value T) {
	t.own()
	if t.rows == nil {
		t.rows = map[string]T{}
	}
	t.rows[key] = value
}

// Get returns the value of the key, and whether there is one.
func (t *Table[T]) Get(key string) (T, bool) {
	v, ok := t.rows[key]
	return v, ok
}

// Delete removes the key, and says whether it was there.
func (t *Table[T]) Delete(key string) bool {
	_, ok := t.rows[key]
	if ok {
		t.own()
		delete(t.rows, key)
	}
	return ok
}

// Len is the number of values.
func (t *Table[T]) Len() int { return len(t.rows) }

// All iterates over a copy of the keys and values, in the order of the keys.
func (t *Table[T]) All() iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		for _, key := range slices.Sorted(maps.Keys(t.rows)) {
			if !yield(key, t.rows[key]) {
				return
			}
		}
	}
}

// Values returns the values in the order of their keys.
func (t *Table[T]) Values() []T {
	values := make([]T, 0, len(t.rows))
	for _, v := range t.All() {
		values = append(values, v)
	}
	return values
}

// resource is the last part of an ARN: what stands behind its fifth colon. A text that is no ARN is returned as it is.
func resource(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return arn
	}
	return parts[5]
}
