package cloudfront_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/edgejs"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cloudfront"
)

func TestNewFails(t *testing.T) {
	inBehavior := func(changes properties) func(*cloudfront.Config) {
		return set(properties{"DefaultCacheBehavior": behavior(changes)})
	}
	inOrigin := func(changes properties) func(*cloudfront.Config) {
		o := origin("pri", priHost)
		maps.Copy(o, changes)
		return set(properties{"Origins": []any{o}})
	}
	inCustom := func(changes properties) func(*cloudfront.Config) {
		c := properties{"OriginProtocolPolicy": "https-only"}
		maps.Copy(c, changes)
		return inOrigin(properties{"CustomOriginConfig": c})
	}
	inFunction := func(changes properties) func(*cloudfront.Config) {
		return func(c *cloudfront.Config) {
			transform("")(c)
			maps.Copy(c.Functions[functionARN], changes)
		}
	}
	inGroup := func(group properties, target string) func(*cloudfront.Config) {
		return set(properties{"OriginGroups": group, "DefaultCacheBehavior": readBehavior(properties{"TargetOriginId": target})})
	}
	for _, tt := range []struct {
		name   string
		change func(*cloudfront.Config)
		want   string
	}{
		{"an unknown property", set(properties{"TenantConfig": properties{}}), "property TenantConfig is not modelled"},
		{"a property of another type", set(properties{"Origins": "pri"}), "Origins must not be a string"},
		{"a disabled one", set(properties{"Enabled": false}), "Enabled is false"},
		{"staging", set(properties{"Staging": true}), "Staging is not modelled"},
		{"a root object", set(properties{"DefaultRootObject": "index.html"}), "DefaultRootObject"},
		{"a geographic restriction", set(properties{"Restrictions": properties{"GeoRestriction": properties{"RestrictionType": "whitelist", "Locations": []any{"DE"}}}}), "whitelist"},
		{"a custom error page", set(properties{"CustomErrorResponses": append(uncachedErrors(), properties{"ErrorCode": 416, "ResponseCode": 200, "ResponsePagePath": "/e"})}), "error page for status 416"},
		{"cached errors", set(properties{"CustomErrorResponses": uncachedErrors()[1:]}), "status 400 is cached"},
		{"errors cached by default", set(properties{"CustomErrorResponses": append([]any{properties{"ErrorCode": 400}}, uncachedErrors()[1:]...)}), "status 400 is cached"},
		{"errors cached for a second", set(properties{"CustomErrorResponses": append([]any{properties{"ErrorCode": 400, "ErrorCachingMinTTL": 1}}, uncachedErrors()[1:]...)}), "status 400 is cached"},
		{"no origins", set(properties{"Origins": []any{}}), "at least one origin"},

		{"caching", inBehavior(properties{"CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}), "CachePolicyId 658327ea-f89d-4fab-a63d-7e88639e58f6 is not modelled"},
		{"another origin request policy", inBehavior(properties{"OriginRequestPolicyId": "216adef6-5c7f-47e4-b989-5492eafa07d3"}), "OriginRequestPolicyId 216adef6"},
		{"no origin request policy", inBehavior(properties{"OriginRequestPolicyId": ""}), "OriginRequestPolicyId  is not modelled"},
		{"legacy cache settings", inBehavior(properties{"ForwardedValues": properties{}}), "ForwardedValues"},
		{"some methods", inBehavior(properties{"AllowedMethods": []any{"GET", "POST"}}), "AllowedMethods must be one of"},
		{"another protocol policy", inBehavior(properties{"ViewerProtocolPolicy": "none"}), "ViewerProtocolPolicy"},
		{"gRPC", inBehavior(properties{"GrpcConfig": properties{"Enabled": true}}), "GrpcConfig"},
		{"Lambda@Edge", inBehavior(properties{"LambdaFunctionAssociations": []any{properties{}}}), "LambdaFunctionAssociations"},
		{"signed URLs", inBehavior(properties{"TrustedKeyGroups": []any{"group"}}), "TrustedKeyGroups"},
		{"an unknown target", inBehavior(properties{"TargetOriginId": "none"}), "TargetOriginId none"},
		{"an unknown policy", inBehavior(properties{"ResponseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03"}), "67f7725c-6f97-4210-82d7-5512b31e9d03 is not a policy"},
		{"no pattern", set(properties{"CacheBehaviors": []any{behavior(nil)}}), "PathPattern must be set"},
		{"server timing", withPolicy(properties{"ServerTimingHeadersConfig": properties{"Enabled": true, "SamplingRate": 50}}), "ServerTimingHeadersConfig"},
		{"an unknown property of a policy", withPolicy(properties{"Other": 1}), "ResponseHeadersPolicy: property Other"},

		{"an S3 origin", inOrigin(properties{"CustomOriginConfig": nil}), "CustomOriginConfig must be set"},
		{"a VPC origin", inOrigin(properties{"VpcOriginConfig": properties{}}), "VpcOriginConfig"},
		{"origin access control", inOrigin(properties{"OriginAccessControlId": "E2"}), "OriginAccessControlId"},
		{"too many attempts", inOrigin(properties{"ConnectionAttempts": 4}), "ConnectionAttempts must be between 1 and 3, got 4"},
		{"a long connection timeout", inOrigin(properties{"ConnectionTimeout": 11}), "ConnectionTimeout must be between 1 and 10, got 11"},
		{"a long response timeout", inCustom(properties{"OriginReadTimeout": 121}), "OriginReadTimeout must be between 1 and 120, got 121"},
		{"a completion timeout", inOrigin(properties{"ResponseCompletionTimeout": 60}), "ResponseCompletionTimeout is not modelled"},
		{"another origin protocol policy", inCustom(properties{"OriginProtocolPolicy": "ftp"}), `OriginProtocolPolicy "ftp"`},
		{"a URL for an origin", inOrigin(properties{"DomainName": "https://pri"}), "DomainName must be a host name"},
		{"a path without a slash", inOrigin(properties{"OriginPath": "prod"}), "OriginPath must begin"},
		{"a path that ends with one", inOrigin(properties{"OriginPath": "/prod/"}), "OriginPath must begin"},

		{"an unknown function", inBehavior(properties{"FunctionAssociations": []any{properties{"EventType": "viewer-request", "FunctionARN": "arn"}}}), "no function arn"},
		{"a viewer-response function", inBehavior(properties{"FunctionAssociations": []any{properties{"EventType": "viewer-response", "FunctionARN": "arn"}}}), "viewer-request only"},
		{"an unpublished function", inFunction(properties{"AutoPublish": false}), "AutoPublish"},
		{"another runtime", inFunction(properties{"FunctionConfig": properties{"Runtime": "cloudfront-js-1.0"}}), "cloudfront-js-1.0"},
		{"broken code", inFunction(properties{"FunctionCode": "function ("}), "parse the code"},
		{"an unknown property of a function", inFunction(properties{"Other": 1}), "Function: property Other"},
		{"no store", func(c *cloudfront.Config) { transform("")(c); c.Stores = map[string]edgejs.Store{} }, "no key value store"},
		{"two stores", inFunction(properties{"FunctionConfig": properties{"Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": []any{properties{}, properties{}}}}), "one key value store"},

		{"a group of one", inGroup(originGroups(503, "pri"), "group"), "two Members"},
		{"a group of nobody", inGroup(originGroups(503, "pri", "none"), "group"), "member none is not an origin"},
		{"a group for another status", inGroup(originGroups(401, "pri", "secd"), "group"), "got 401"},
		{"a group for writes", set(properties{"OriginGroups": originGroups(503, "pri", "secd"), "DefaultCacheBehavior": behavior(properties{"TargetOriginId": "group"})}), "refuses an origin group"},
		{"a group by quality", func(c *cloudfront.Config) {
			group := originGroups(503, "pri", "secd")
			group["Items"].([]any)[0].(properties)["SelectionCriteria"] = "media-quality-based"
			inGroup(group, "group")(c)
		}, "SelectionCriteria"},

		{"no clock", func(c *cloudfront.Config) { c.Now = nil }, "needs Dial, Now and Rand"},
	} {
		t.Run("fails for "+tt.name, func(t *testing.T) {
			e := &edge{net: &network{}}
			config := e.defaults()
			tt.change(&config)
			_, err := cloudfront.New(config)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not say %q", err, tt.want)
			}
		})
	}
}

func TestNewTellsEverything(t *testing.T) {
	e := &edge{net: &network{}}
	config := e.defaults()
	set(properties{"Staging": true, "DefaultCacheBehavior": behavior(properties{"CachePolicyId": "a", "OriginRequestPolicyId": "b"})})(&config)
	_, err := cloudfront.New(config)
	for _, want := range []string{"distribution E1", "Staging", "cache behavior *", "CachePolicyId a", "OriginRequestPolicyId b"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}

func TestNewKeyValueStore(t *testing.T) {
	got, err := cloudfront.NewKeyValueStore(golden(t, "AWS::CloudFront::KeyValueStore"))
	if err != nil || got.Name != "ToDoMgmt-edge" || got.Comment == "" {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = cloudfront.NewKeyValueStore(properties{"Name": "a", "ImportSource": properties{"SourceType": "S3"}})
	if err == nil || !strings.Contains(err.Error(), "KeyValueStore: property ImportSource") {
		t.Errorf("error %v", err)
	}
}

func TestAccessLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pri := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(1500 * time.Millisecond) // of the bubble's clock
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = io.WriteString(w, "{}")
		})
		e := newEdge(t, pri, refuse)
		got := e.do(t, "GET", "/v1/a%20b?id=1&q='", "", "X-Forwarded-For", "203.0.113.9")
		want := strings.Join([]string{
			"2000-01-01", "00:00:01", "LCL50-P1", "2", "192.0.2.1", "GET", "d1.cloudfront.net", "/v1/a%2520b", "200", "id=1&q=%27",
			"Miss", got.Header.Get("X-Amz-Cf-Id"), "example.com", "https", "1.500", "203.0.113.9",
			"Miss", "HTTP/1.1", "4711", "1.500", "Miss", "application/json;%20charset=utf-8", "2",
		}, "\t")
		lines := strings.Split(e.accessLog.String(), "\n")
		if lines[0] != "#Version: 1.0" || !strings.HasPrefix(lines[1], "#Fields: date time x-edge-location ") {
			t.Errorf("the log begins with %q", lines[:2])
		}
		if lines[2] != want {
			t.Errorf("got  %s\nwant %s", lines[2], want)
		}
	})
}

func TestWithoutLogs(t *testing.T) {
	e := newEdge(t, refuse, refuse, transform("console.log('nobody listens')"), func(c *cloudfront.Config) {
		c.AccessLog, c.FunctionLog = nil, nil
	})
	check(t, e.do(t, "GET", "/", ""), 502, "", fault)
}

func TestAnAddressWithoutAPort(t *testing.T) {
	e := newEdge(t, refuse, refuse)
	r := httptest.NewRequest("GET", "/", http.NoBody)
	r.RemoteAddr, r.ProtoMajor = "@", 2
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	if got := e.lastLog(t); got["c-ip"] != "@" || got["c-port"] != "-" || !strings.HasPrefix(w.Header().Get("Via"), "2.0 ") {
		t.Errorf("got %v, %v", got, w.Header())
	}
}

func TestAViewerThatLeaves(t *testing.T) {
	for name, pri := range map[string]func(testing.TB) dial{
		"while the origin is connected to": always(silence),
		"while the origin works":           handler(hang),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, pri(t), refuse)
				ctx, leave := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, leave)
				defer func() {
					if got, ok := recover().(error); !ok || !errors.Is(got, http.ErrAbortHandler) {
						t.Errorf("recovered %v, want ErrAbortHandler", got)
					}
					got := e.lastLog(t)
					if got["sc-status"] != "000" || got["x-edge-detailed-result-type"] != "ClientCommError" || got["time-taken"] != "1.000" {
						t.Errorf("the access log says %v", got)
					}
					synctest.Wait()
					if len(e.net.dials) != 1 {
						t.Errorf("there were %d attempts to connect, want 1", len(e.net.dials))
					}
				}()
				e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", http.NoBody))
			})
		})
	}
}

func TestBrokenRandomnessPanics(t *testing.T) {
	e := newEdge(t, refuse, refuse, func(c *cloudfront.Config) { c.Rand = strings.NewReader("") })
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	e.do(t, "GET", "/", "")
}

// TestOverTheNetwork serves many viewers at once over real connections, with TLS on both sides.
func TestOverTheNetwork(t *testing.T) {
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Host", r.Host)
		_, _ = io.Copy(w, r.Body)
	}))
	defer api.Close()
	toAPI := func(ctx context.Context, _, _ string) (net.Conn, error) {
		dialer := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}} //nolint:gosec // a test's certificate
		return dialer.DialContext(ctx, "tcp", api.Listener.Addr().String())
	}
	e := ofTheTemplate(t, toAPI, toAPI, store{})
	front := httptest.NewTLSServer(e)
	defer front.Close()

	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 10 {
				response, err := front.Client().Post(front.URL+"/v1", "text/plain", strings.NewReader("some text"))
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(response.Body)
				_ = response.Body.Close()
				if err != nil || string(body) != "some text" || response.Header.Get("X-Host") != priHost {
					t.Errorf("got %d %q, %v", response.StatusCode, body, err)
				}
			}
		})
	}
	wg.Wait()
	if lines := strings.Count(e.accessLog.String(), "\n"); lines != 202 {
		t.Errorf("the access log has %d lines, want 202", lines)
	}
}

func BenchmarkDistribution(b *testing.B) {
	api := httptest.NewServer(says(200, "{}"))
	defer api.Close()
	e := ofTheTemplate(b, func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "tcp", api.Listener.Addr().String())
	}, refuse, store{})
	for b.Loop() {
		r := httptest.NewRequest("GET", "/v1?id=1", http.NoBody)
		e.ServeHTTP(httptest.NewRecorder(), r)
	}
}
