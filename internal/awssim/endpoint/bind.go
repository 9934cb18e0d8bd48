package endpoint

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// bind reads a decoded request into the struct that dst points to. A member goes to the field of the same name, or of the
// name in the field's json tag; others are ignored, as AWS ignores members that it does not know. Since the query protocol
// sends everything as text, a text is read as a number, truth value or time where the field is one.
func bind(tree map[string]any, dst any) error {
	return bindStruct(tree, reflect.ValueOf(dst).Elem(), "")
}

func bindStruct(tree map[string]any, dst reflect.Value, path string) error {
	for i := range dst.NumField() {
		f := dst.Type().Field(i)
		name := wireName(f)
		value, ok := tree[name]
		if !ok || value == nil {
			continue
		}
		if err := bindValue(value, dst.Field(i), path+name); err != nil {
			return err
		}
	}
	return nil
}

// wireName is the name of a struct's field in JSON and CBOR, and in requests.
func wireName(f reflect.StructField) string {
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
		return name
	}
	return f.Name
}

var timeType = reflect.TypeFor[time.Time]()

func bindValue(value any, dst reflect.Value, path string) error {
	if dst.Type() == timeType {
		t, err := readTime(value)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		dst.Set(reflect.ValueOf(t))
		return nil
	}
	switch dst.Kind() {
	case reflect.Pointer:
		dst.Set(reflect.New(dst.Type().Elem()))
		return bindValue(value, dst.Elem(), path)
	case reflect.Struct:
		if m, ok := value.(map[string]any); ok {
			return bindStruct(m, dst, path+".")
		}
	case reflect.Slice:
		if l, ok := value.([]any); ok {
			return bindList(l, dst, path)
		}
	case reflect.Map:
		if m, ok := value.(map[string]any); ok {
			return bindMap(m, dst, path)
		}
	case reflect.Interface:
		dst.Set(reflect.ValueOf(value))
		return nil
	case reflect.String:
		if s, ok := value.(string); ok {
			dst.SetString(s)
			return nil
		}
	default:
		return bindScalar(value, dst, path)
	}
	return fmt.Errorf("%s: expected %s", path, dst.Kind())
}

func bindList(values []any, dst reflect.Value, path string) error {
	dst.Set(reflect.MakeSlice(dst.Type(), len(values), len(values)))
	for i, v := range values {
		if err := bindValue(v, dst.Index(i), path+"."+strconv.Itoa(i+1)); err != nil {
			return err
		}
	}
	return nil
}

func bindMap(values map[string]any, dst reflect.Value, path string) error {
	dst.Set(reflect.MakeMapWithSize(dst.Type(), len(values)))
	for name, v := range values {
		item := reflect.New(dst.Type().Elem()).Elem()
		if v != nil {
			if err := bindValue(v, item, path+"."+name); err != nil {
				return err
			}
		}
		dst.SetMapIndex(reflect.ValueOf(name), item)
	}
	return nil
}

func bindScalar(value any, dst reflect.Value, path string) error {
	text := fmt.Sprint(value)
	switch dst.Kind() {
	case reflect.Bool:
		if b, err := strconv.ParseBool(text); err == nil {
			dst.SetBool(b)
			return nil
		}
	case reflect.Int:
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			dst.SetInt(n)
			return nil
		}
	case reflect.Float64:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			dst.SetFloat(n)
			return nil
		}
	}
	return fmt.Errorf("%s: expected %s", path, dst.Kind())
}

// readTime reads what the protocols send as a time: seconds since 1970, or a text of RFC 3339.
func readTime(value any) (time.Time, error) {
	switch v := value.(type) {
	case time.Time:
		return v.UTC(), nil
	case json.Number:
		return readSeconds(v.String())
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return t.UTC(), nil
		}
		return readSeconds(v)
	}
	return time.Time{}, fmt.Errorf("expected a time")
}

// maxSeconds bounds times to those that a nanosecond count can hold.
const maxSeconds = math.MaxInt64 / int64(time.Second)

func readSeconds(text string) (time.Time, error) {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(seconds) > float64(maxSeconds) || math.IsNaN(seconds) {
		return time.Time{}, fmt.Errorf("expected a time")
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(math.Round(fraction*1e3))*int64(time.Millisecond)).UTC(), nil
}
