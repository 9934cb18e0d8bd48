package endpoint_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	kvs "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

const form = "application/x-www-form-urlencoded"

// raw is a request that no SDK makes.
type raw struct {
	method, path, body string
	header             map[string]string
	service            string // what it is signed for; empty if it is not signed
}

// send sends a request and returns status, type and body of the answer.
func (f *fixture) send(r raw) (int, string, string) {
	f.Helper()
	req, err := http.NewRequestWithContext(f.Context(), r.method, f.server.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		f.Fatal(err)
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	if r.service != "" {
		key := aws.Credentials{AccessKeyID: f.operator.AccessKeyID, SecretAccessKey: f.operator.SecretAccessKey}
		if err := v4.NewSigner().SignHTTP(f.Context(), key, req, sha(r.body), r.service, primary, time.Now()); err != nil {
			f.Fatal(err)
		}
	}
	resp, err := f.client.Do(req)
	if err != nil {
		f.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		f.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(body)
}

func TestRequestsThatNoSDKMakes(t *testing.T) {
	target := map[string]string{"X-Amz-Target": "AmazonSSM.GetParameter"}
	tests := map[string]struct {
		request raw
		status  int
		kind    string
		body    string // a part of it
	}{
		"unsigned query":         {raw{"POST", "/", "Action=DescribeDBClusters", map[string]string{"Content-Type": form}, ""}, 403, "text/xml", "<Code>MissingAuthenticationToken</Code>"},
		"unsigned query in URL":  {raw{"GET", "/?Action=GetCallerIdentity", "", nil, ""}, 403, "text/xml", "<Code>MissingAuthenticationToken</Code>"},
		"unsigned JSON":          {raw{"POST", "/", "{}", target, ""}, 400, "application/x-amz-json-1.1", `"__type":"MissingAuthenticationTokenException"`},
		"unsigned REST":          {raw{"GET", "/2015-03-31/functions/", "", nil, ""}, 403, "application/json", `"message":"Missing Authentication Token"`},
		"malformed signature":    {raw{"POST", "/", "", map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=x"}, ""}, 400, "application/json", "message"},
		"unknown service":        {raw{"POST", "/", "{}", target, "kinesis"}, 400, "application/x-amz-json-1.1", `"__type":"UnknownOperationException"`},
		"unknown query action":   {raw{"POST", "/", "Action=RebootDBInstance", map[string]string{"Content-Type": form}, "rds"}, 400, "text/xml", "<Code>InvalidAction</Code><Message>Could not find operation RebootDBInstance</Message>"},
		"no action":              {raw{"POST", "/", "", map[string]string{"Content-Type": form}, "rds"}, 400, "text/xml", "<Code>MissingAction</Code>"},
		"malformed form":         {raw{"POST", "/", "Action=%zz", map[string]string{"Content-Type": form}, "rds"}, 400, "text/xml", "<Code>MalformedQueryString</Code>"},
		"value with members":     {raw{"POST", "/", "Action=DescribeDBClusters&A=1&A.B=2", map[string]string{"Content-Type": form}, "rds"}, 400, "text/xml", "<Code>MalformedQueryString</Code>"},
		"text for a number":      {raw{"POST", "/", "Action=DescribeDBClusters&MaxRecords=many", map[string]string{"Content-Type": form}, "rds"}, 400, "text/xml", "<Code>SerializationException</Code>"},
		"unknown JSON operation": {raw{"POST", "/", "{}", map[string]string{"X-Amz-Target": "AmazonSSM.Nothing"}, "ssm"}, 400, "application/x-amz-json-1.1", `{"__type":"UnknownOperationException"}`},
		"malformed JSON":         {raw{"POST", "/", `{"Name":`, target, "ssm"}, 400, "application/x-amz-json-1.1", `"__type":"SerializationException"`},
		"JSON that is no object": {raw{"POST", "/", `[]`, target, "ssm"}, 400, "application/x-amz-json-1.1", `"__type":"SerializationException"`},
		"null":                   {raw{"POST", "/", `null`, target, "ssm"}, 400, "application/x-amz-json-1.1", `"__type":"SerializationException"`},
		"two objects":            {raw{"POST", "/", `{}{}`, target, "ssm"}, 400, "application/x-amz-json-1.1", `"__type":"SerializationException"`},
		"unknown path":           {raw{"GET", "/nothing", "", nil, "lambda"}, 404, "application/json", "message"},
		"malformed CBOR": {
			raw{"POST", "/service/GraniteServiceVersion20100801/operation/GetMetricData", "\xff", map[string]string{"Smithy-Protocol": "rpc-v2-cbor"}, "monitoring"},
			400, "application/cbor", "SerializationException",
		},
		"unknown CBOR operation": {
			raw{"POST", "/service/GraniteServiceVersion20100801/operation/Nothing", "", map[string]string{"Smithy-Protocol": "rpc-v2-cbor"}, "monitoring"},
			404, "application/cbor", "UnknownOperationException",
		},
		"malformed compression": {
			raw{"POST", "/service/GraniteServiceVersion20100801/operation/PutMetricData", "x", map[string]string{"Smithy-Protocol": "rpc-v2-cbor", "Content-Encoding": "gzip"}, "monitoring"},
			400, "application/cbor", "SerializationException",
		},
		"CloudWatch as older SDKs ask": {
			raw{"POST", "/", url.Values{
				"Action": {"GetMetricStatistics"}, "Namespace": {"N"}, "MetricName": {"M"}, "Period": {"60"}, "Statistics.member.1": {"Sum"},
				"ExtendedStatistics.member.1": {"p50"}, "StartTime": {"2026-11-20T12:00:00Z"}, "EndTime": {"2026-11-20T13:00:00Z"},
			}.Encode(), map[string]string{"Content-Type": form}, "monitoring"},
			200, "text/xml", `<member><Timestamp>2026-11-20T12:00:00.000Z</Timestamp><Sum>7</Sum><Unit>None</Unit><ExtendedStatistics><entry><key>p50</key><value>7</value></entry></ExtendedStatistics></member>`,
		},
		"CloudWatch in JSON": {
			raw{
				"POST", "/", `{"Namespace":"N","MetricName":"M","Period":60,"Statistics":["Sum"],"StartTime":1795176000,"EndTime":1795179600.5}`,
				map[string]string{"X-Amz-Target": "GraniteServiceVersion20100801.GetMetricStatistics"},
				"monitoring",
			},
			200, "application/x-amz-json-1.0", `"Datapoints":[{"Timestamp":1795176000,"Sum":7,"Unit":"None"}]`,
		},
		"CloudWatch refusing in JSON": {
			raw{"POST", "/", `{"Period":61}`, map[string]string{"X-Amz-Target": "GraniteServiceVersion20100801.GetMetricStatistics"}, "monitoring"},
			400, "application/x-amz-json-1.0", `"__type":"MissingRequiredParameterException"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.in(primary, func(r *awssim.Region) {
				r.PutMetricData(awssim.MetricID{Namespace: "N", Name: "M"}, awssim.Datum{Time: noon, Values: []awssim.Sample{{Value: 7, Count: 1}}})
			})
			status, kind, body := f.send(test.request)
			if status != test.status || kind != test.kind || !strings.Contains(body, test.body) {
				t.Errorf("got %d %s %q, want %d %s with %q", status, kind, body, test.status, test.kind, test.body)
			}
		})
	}
}

func TestSignaturesAreRefused(t *testing.T) {
	f := newFixture(t)
	session := f.role("Some", `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`)
	change := func(edit func(*awssim.Credentials)) awssim.Credentials {
		c := session
		edit(&c)
		return c
	}
	var expired awssim.Credentials
	f.do(func(s *awssim.State) { expired, _ = s.AssumeRole("Some", "old", 0) })
	for name, test := range map[string]struct {
		credentials      awssim.Credentials
		query, jsonCodes string
	}{
		"unknown key":  {change(func(c *awssim.Credentials) { c.AccessKeyID = "ASIAXXXXXXXXXXXXXXXX" }), "InvalidClientTokenId", "UnrecognizedClientException"},
		"wrong secret": {change(func(c *awssim.Credentials) { c.SecretAccessKey = "x" }), "SignatureDoesNotMatch", "InvalidSignatureException"},
		"no token":     {change(func(c *awssim.Credentials) { c.SessionToken = "" }), "InvalidClientTokenId", "UnrecognizedClientException"},
		"expired":      {expired, "ExpiredToken", "ExpiredTokenException"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := f.configOf(primary, test.credentials)
			_, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
			f.wantCode(err, test.query)
			_, err = ssm.NewFromConfig(cfg).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("p")})
			f.wantCode(err, test.jsonCodes)
			_, err = kvs.NewFromConfig(cfg).DescribeKeyValueStore(t.Context(), &kvs.DescribeKeyValueStoreInput{
				KvsARN: aws.String("arn:aws:cloudfront::123456789012:key-value-store/x"),
			})
			f.wantCode(err, test.jsonCodes)
		})
	}
}

func TestPoliciesDecide(t *testing.T) {
	f := newFixture(t)
	putFunction(f, "echo", echo)
	session := f.role("Reader", `{"Statement": [
		{"Effect": "Allow", "Action": "rds:DescribeDBClusters", "Resource": "arn:aws:rds:us-east-1:123456789012:cluster:pri-*"},
		{"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-2"}}}
	]}`)
	cfg := f.configOf(primary, session)
	database := rds.NewFromConfig(cfg)
	_, err := database.DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String("pri-x")})
	f.wantCode(err, "DBClusterNotFoundFault")
	for range 2 {
		_, err = database.DescribeDBClusters(t.Context(), nil)
		f.wantCode(err, "AccessDenied")
	}
	_, err = lambda.NewFromConfig(cfg).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("echo:live")})
	f.wantCode(err, "AccessDeniedException")
	in := &ssm.GetParameterInput{Name: aws.String("/p")}
	_, err = ssm.NewFromConfig(cfg).GetParameter(t.Context(), in)
	f.wantCode(err, "AccessDeniedException")
	_, err = ssm.NewFromConfig(f.configOf(secondary, session)).GetParameter(t.Context(), in)
	f.wantCode(err, "ParameterNotFound")

	type lack struct {
		role, action, resource string
		calls                  int
	}
	var got []lack
	for _, r := range f.handler.Summary().Refusals {
		got = append(got, lack{r.Role, r.Action, r.Resource, r.Calls})
	}
	want := []lack{
		{"Reader", "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:echo:live", 1},
		{"Reader", "rds:DescribeDBClusters", "arn:aws:rds:us-east-1:123456789012:cluster:*", 2},
		{"Reader", "ssm:GetParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/p", 1},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(lack{})); diff != "" {
		t.Error(diff)
	}
}

// A resource's own policy can allow what the caller's do not.
func TestResourcePoliciesDecide(t *testing.T) {
	f := newFixture(t)
	putFunction(f, "echo", echo)
	session := f.role("Other", `{"Statement": {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}}`)
	client := lambda.NewFromConfig(f.configOf(primary, session))
	in := &lambda.InvokeInput{FunctionName: aws.String("echo"), Payload: []byte("{}")}
	_, err := client.Invoke(t.Context(), in)
	f.wantCode(err, "AccessDeniedException")
	policy := must(iam.Parse(iam.Resource, "echo", map[string]any{"Statement": map[string]any{
		"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:echo",
		"Principal": map[string]any{"AWS": "arn:aws:iam::123456789012:role/Other"},
	}}))(t)
	f.in(primary, func(r *awssim.Region) { r.SetFunctionPolicy("echo", policy) })
	must(client.Invoke(t.Context(), in))(t)
}

func TestSummary(t *testing.T) {
	f := newFixture(t)
	for _, region := range []string{secondary, primary, primary} {
		must(sts.NewFromConfig(f.config(region)).GetCallerIdentity(t.Context(), nil))(t)
		_, err := rds.NewFromConfig(f.config(region)).DescribeEvents(t.Context(), nil)
		f.wantCode(err, "InvalidAction")
	}
	want := endpoint.Summary{
		Calls:   []endpoint.Count{{Service: "sts", Operation: "GetCallerIdentity", Region: primary, Calls: 2}, {Service: "sts", Operation: "GetCallerIdentity", Region: secondary, Calls: 1}},
		Unknown: []endpoint.Count{{Service: "rds", Operation: "DescribeEvents", Region: primary, Calls: 2}, {Service: "rds", Operation: "DescribeEvents", Region: secondary, Calls: 1}},
	}
	if diff := cmp.Diff(want, f.handler.Summary()); diff != "" {
		t.Error(diff)
	}
}

func TestManyAtOnce(t *testing.T) {
	f := newFixture(t)
	putFunction(f, "echo", echo)
	client, database := lambda.NewFromConfig(f.config(primary)), rds.NewFromConfig(f.config(secondary))
	errs := make(chan error)
	for range 8 {
		go func() {
			var failed error
			for range 10 {
				_, err := client.Invoke(context.WithoutCancel(t.Context()), &lambda.InvokeInput{FunctionName: aws.String("echo"), Payload: []byte("1")})
				_, err2 := database.DescribeGlobalClusters(context.WithoutCancel(t.Context()), nil)
				failed = errors.Join(failed, err, err2)
			}
			errs <- failed
		}()
	}
	deployDatabase(f)
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
