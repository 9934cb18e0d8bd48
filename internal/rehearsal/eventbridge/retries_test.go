package eventbridge_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
)

// unavailable is a failure that may pass.
var unavailable = &endpoint.Error{Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable", Message: "try again"}

func TestRetries(t *testing.T) {
	inWorld(t, func(w *world) {
		w.rule("r", awssim.EventTarget{ARN: "arn:aws:sns:us-east-2:123456789012:topic", MaxAge: time.Hour, MaxRetries: 5})
		w.in(func(r *awssim.Region) {
			r.CreateTopic(awssim.Topic{Name: "topic", Policy: w.resource(`{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": "*"}`)})
		})
		failures := 3
		w.fail = func(r endpoint.Request) error {
			if r.Service == "sns" && failures > 0 {
				failures--
				return unavailable
			}
			return nil
		}
		w.put("io.arpio", `{}`)
		time.Sleep(time.Minute)
		synctest.Wait()
		w.want("attempts", w.metric("InvocationAttempts", "r"), 4)
		w.want("retries", w.metric("RetryInvocationAttempts", "r"), 3)
		w.want("failed", w.metric("FailedInvocations", "r"), 0)
		w.want("dead letters", len(w.messages("dead")), 0)
	})
}

func TestRetriesEnd(t *testing.T) {
	tests := []struct {
		name      string
		target    awssim.EventTarget
		condition string
	}{
		{"attempts", awssim.EventTarget{MaxAge: 24 * time.Hour, MaxRetries: 4}, "MaximumRetryAttempts"},
		{"age", awssim.EventTarget{MaxAge: time.Minute, MaxRetries: 185}, "MaximumEventAgeInSeconds"},
		{"none", awssim.EventTarget{MaxAge: 24 * time.Hour, MaxRetries: 0}, "MaximumRetryAttempts"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				tt.target.ARN = "arn:aws:sns:us-east-2:123456789012:topic"
				w.rule("r", tt.target)
				w.fail = func(r endpoint.Request) error {
					if r.Service == "sns" {
						return unavailable
					}
					return nil
				}
				w.put("io.arpio", `{}`)
				time.Sleep(25 * time.Hour)
				synctest.Wait()
				dead := w.messages("dead")
				if len(dead) != 1 || dead[0].Attributes["EXHAUSTED_RETRY_CONDITION"] != tt.condition || dead[0].Attributes["ERROR_CODE"] != "ERROR_FROM_TARGET" {
					t.Fatalf("got %v", dead)
				}
				age := dead[0].Sent.Sub(w.began)
				w.want("within the age", age <= tt.target.MaxAge, true)
				w.want("retries", dead[0].Attributes["RETRY_ATTEMPTS"], w.metric("RetryInvocationAttempts", "r"))
				if tt.condition == "MaximumRetryAttempts" {
					w.want("as many retries as it says", dead[0].Attributes["RETRY_ATTEMPTS"], tt.target.MaxRetries)
				}
			})
		})
	}
}

func TestDefaultRetriesTakeAboutADay(t *testing.T) {
	inWorld(t, func(w *world) {
		w.rule("r", awssim.EventTarget{ARN: "arn:aws:sns:us-east-2:123456789012:topic"})
		w.fail = func(r endpoint.Request) error {
			if r.Service == "sns" {
				return unavailable
			}
			return nil
		}
		w.put("io.arpio", `{}`)
		time.Sleep(25 * time.Hour)
		synctest.Wait()
		dead := w.messages("dead")
		if len(dead) != 1 || dead[0].Sent.Sub(w.began) < 18*time.Hour {
			t.Errorf("got %v", dead)
		}
	})
}

func TestCloseEndsWaiting(t *testing.T) {
	inWorld(t, func(w *world) {
		w.rule("r", awssim.EventTarget{ARN: "arn:aws:sns:us-east-2:123456789012:topic"})
		w.fail = func(endpoint.Request) error { return errors.New("no connection") }
		w.put("io.arpio", `{}`)
		w.engine.Close()
		w.put("io.arpio", `{}`)
		w.want("attempts", w.metric("InvocationAttempts", "r"), 1)
		w.want("given up", w.metric("FailedInvocations", "r"), 0)
	})
}
