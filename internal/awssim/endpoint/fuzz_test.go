package endpoint_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/encoding/cbor"
)

// FuzzRequests sends signed requests of every protocol with any path, header and body: whatever comes, there is an answer,
// and it is never a failure of the server's.
func FuzzRequests(f *testing.F) {
	f.Add("rds", "POST", "/", form, "", "Action=DescribeDBClusters&Filters.Filter.1.Name=db-cluster-id&Filters.Filter.1.Values.Value.1=c")
	f.Add("rds", "GET", "/?Action=DescribeDBProxyTargets&DBProxyName=pri-proxy", "", "", "")
	f.Add("monitoring", "POST", "/", form, "", "Action=PutMetricData&Namespace=N&MetricData.member.1.MetricName=M&MetricData.member.1.Value=1e400")
	f.Add("ssm", "POST", "/", "application/x-amz-json-1.1", "AmazonSSM.GetParameter", `{"Name":"arn:aws:ssm:x:1:parameter/a:1"}`)
	f.Add("cognito-idp", "POST", "/", "application/x-amz-json-1.1", "A.ListUserPools", `{"MaxResults":1,"NextToken":"ZnJvbSAx"}`)
	f.Add("lambda", "GET", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aecho?Qualifier=1", "", "", "")
	f.Add("lambda", "POST", "/2015-03-31/functions/echo/invocations", "", "", `{"a":1}`)
	f.Add("cloudfront-keyvaluestore", "POST", "/key-value-stores/arn%3Aaws%3Acloudfront%3A%3A123456789012%3Akey-value-store%2Fx/keys", "application/json", "", `{"Puts":[{"Key":"a","Value":"b"}]}`)
	f.Add("cloudfront", "GET", "/2020-05-31/distribution/E1/config", "", "", "")
	f.Add("s3", "GET", "/artifacts?list-type=2&max-keys=1&delimiter=%2F&continuation-token=ZnJvbSAw", "", "", "")
	f.Add("s3", "PUT", "/artifacts/a%20b//c", "", "", "body")
	f.Add("cloudformation", "POST", "/", form, "", "Action=ListStacks&StackStatusFilter.member.1=CREATE_COMPLETE")
	f.Add("monitoring", "POST", "/service/GraniteServiceVersion20100801/operation/GetMetricStatistics", "application/cbor", "cbor", string(cbor.Encode(cbor.Map{
		"Namespace": cbor.String("N"), "Period": cbor.Uint(60), "StartTime": &cbor.Tag{ID: 1, Value: cbor.Float64(1e300)}, "EndTime": &cbor.Tag{ID: 1, Value: cbor.Uint(1)},
		"Statistics": cbor.List{cbor.String("Sum")},
	})))
	f.Fuzz(func(t *testing.T, service, method, target, contentType, operation, body string) {
		fx := newUnserved(t)
		deployAll(fx)
		req, err := http.NewRequestWithContext(t.Context(), method, "http://aws.example"+target, strings.NewReader(body))
		if err != nil || !strings.HasPrefix(target, "/") {
			return
		}
		req.Header.Set("Content-Type", contentType)
		switch operation {
		case "":
		case "cbor":
			req.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
		default:
			req.Header.Set("X-Amz-Target", operation)
		}
		key := aws.Credentials{AccessKeyID: fx.operator.AccessKeyID, SecretAccessKey: fx.operator.SecretAccessKey}
		if v4.NewSigner().SignHTTP(t.Context(), key, req, sha(body), service, primary, time.Now()) != nil {
			return
		}
		answer := httptest.NewRecorder()
		fx.handler.ServeHTTP(answer, req)
		if answer.Code >= http.StatusInternalServerError {
			t.Errorf("%d: %s", answer.Code, answer.Body)
		}
	})
}
