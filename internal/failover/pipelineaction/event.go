package pipelineaction

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// event is what an invocation is given: a job, a change of a pipeline execution's state, or an [Input].
type event struct {
	job   string // id of the job; empty if there is none
	input []byte // JSON of the Input
}

// Sources of events.
type (
	jobEvent struct {
		Job *struct {
			ID   string
			Data struct {
				ActionConfiguration struct {
					Configuration struct{ UserParameters string }
				}
			}
		} `json:"CodePipeline.job"`
	}
	stateEvent struct {
		Source string
		Detail struct {
			Execution string `json:"execution-id"`
		}
	}
)

// parse tells the kinds of events apart. What is none of them is an Input, and judged as that.
func parse(payload []byte) event {
	var j jobEvent
	if json.Unmarshal(payload, &j) == nil && j.Job != nil {
		return event{job: j.Job.ID, input: []byte(j.Job.Data.ActionConfiguration.Configuration.UserParameters)}
	}
	var s stateEvent
	if json.Unmarshal(payload, &s) == nil && s.Source == "aws.codepipeline" {
		input, _ := json.Marshal(Input{Run: s.Detail.Execution, Ended: true}) // texts: it cannot fail
		return event{input: input}
	}
	return event{input: payload}
}

// strict decodes a JSON object that has every member once, and none that the target lacks. The text of a pipeline's variable
// stands between quotation marks of the object; one with quotation marks of its own must not become something else.
func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return once(data)
}

// once fails if an object has a member twice. It is known to be an object.
func once(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	seen := map[string]bool{}
	for depth, isName := 0, false; ; {
		token, err := d.Token()
		if err != nil {
			return nil //nolint:nilerr // the end of what was decoded before
		}
		switch t := token.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				depth++
			} else {
				depth--
			}
			isName = depth == 1
			continue
		case string:
			if depth == 1 && isName {
				name := strings.ToLower(strings.ToUpper(t)) // case does not matter to the decoder
				if seen[name] {
					return fmt.Errorf("member %q is there twice", t)
				}
				seen[name] = true
				isName = false
				continue
			}
		}
		isName = depth == 1
	}
}
