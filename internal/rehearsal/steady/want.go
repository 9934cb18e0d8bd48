package steady

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"strings"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
)

// want is what an answer must be.
type want struct {
	status int

	// region must have served; empty where answers name none.
	region string

	// body is how the body reads in descriptions, matches says what is wrong with it.
	body    string
	matches func(a client.Answer) error
}

// String describes it.
func (w want) String() string {
	text := fmt.Sprint(w.status)
	if w.region != "" {
		text += " from " + w.region
	}
	if w.body != "" {
		text += " " + w.body
	}
	return text
}

// wrong lists how an answer differs.
func (w want) wrong(a client.Answer) []string {
	if a.Err != nil {
		return []string{"there is no answer: " + client.ErrorKind(a.Err)}
	}
	wrong := []string{}
	if a.Status != w.status {
		wrong = append(wrong, fmt.Sprintf("the status is %d, not %d", a.Status, w.status))
	}
	switch got := a.Region(); {
	case w.region == "" || got == w.region:
	case got == "":
		wrong = append(wrong, fmt.Sprintf("there is no %s header", client.RegionHeader))
	default:
		wrong = append(wrong, fmt.Sprintf("%s is %s, not %s", client.RegionHeader, got, w.region))
	}
	if a.Status == w.status && w.matches != nil {
		if err := w.matches(a); err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	return wrong
}

// object is a success whose body is exactly this JSON object.
func object(status int, region, body string) want {
	return want{status, region, body, func(a client.Answer) error {
		if err := sameJSON(body, a.Body); err != nil {
			return err
		}
		return contentType(a, "application/json")
	}}
}

// sameJSON compares a body with the JSON that it must be, whatever the order of its fields.
func sameJSON(expected string, body []byte) error {
	var want, got any
	if err := json.Unmarshal([]byte(expected), &want); err != nil {
		return fmt.Errorf("the check itself is wrong: %w", err)
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Errorf("the body is not %s", expected)
	}
	return nil
}

// created is the answer to the creation of an item, whose ID it stores in i.
func created(region string, i *client.Item) want {
	body := fmt.Sprintf(`{"id":…,"task":%q,"status":%q} with its Location`, i.Task, i.Status)
	return want{http.StatusCreated, region, body, func(a client.Answer) error {
		got, err := client.ReadItem(a.Body)
		if err != nil {
			return err
		}
		if got.ID == 0 || got.Task != i.Task || got.Status != i.Status {
			return fmt.Errorf("the to-do is not the one that was sent, with an id")
		}
		i.ID = got.ID
		if location := a.Header.Get("Location"); location != fmt.Sprintf("?id=%d", got.ID) {
			return fmt.Errorf("the Location is %q, not %q", location, fmt.Sprintf("?id=%d", got.ID))
		}
		return contentType(a, "application/json")
	}}
}

// problem is a refusal, whose detail has all the words in it.
func problem(status int, region string, words ...string) want {
	body := "a problem document"
	if len(words) > 0 {
		body += " about " + strings.Join(words, ", ")
	}
	return want{status, region, body, func(a client.Answer) error {
		if err := contentType(a, "application/problem+json"); err != nil {
			return err
		}
		var got struct {
			Status int    `json:"status"`
			Detail string `json:"detail"`
		}
		if err := json.Unmarshal(a.Body, &got); err != nil {
			return fmt.Errorf("the body is no problem document: %w", err)
		}
		if got.Status != status || got.Detail == "" {
			return fmt.Errorf("the problem document must have status %d and a detail", status)
		}
		for _, word := range words {
			if !strings.Contains(got.Detail, word) {
				return fmt.Errorf("the detail does not say %q", word)
			}
		}
		return nil
	}}
}

// standsBy is the refusal of a write in the Region that stands by.
func standsBy(region string) want {
	w := problem(http.StatusServiceUnavailable, region, "stands by")
	w.body += ", and Retry-After"
	document := w.matches
	w.matches = func(a client.Answer) error {
		if err := document(a); err != nil {
			return err
		}
		if a.Header.Get("Retry-After") == "" {
			return fmt.Errorf("there is no Retry-After header")
		}
		return nil
	}
	return w
}

func contentType(a client.Answer, expected string) error {
	got, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil || got != expected {
		return fmt.Errorf("the Content-Type is %q, not %q", a.Header.Get("Content-Type"), expected)
	}
	return nil
}
