package endpoint_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func TestGetParameter(t *testing.T) {
	f := newFixture(t)
	var put awssim.Parameter
	f.in(primary, func(r *awssim.Region) {
		put = r.PutParameter(awssim.Parameter{Name: "/todos/topology", Value: "one"})
		r.PutParameter(awssim.Parameter{Name: "plain", Value: "two"})
	})
	client := ssm.NewFromConfig(f.config(primary))
	for name, want := range map[string]string{
		"/todos/topology":   "one",
		"/todos/topology:1": "one",
		put.ARN:             "one",
		"plain":             "two",
		"arn:aws:ssm:us-east-1:123456789012:parameter/plain": "two",
	} {
		out := must(client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &name}))(t)
		equal(t, name, *out.Parameter.Value, want)
		equal(t, name+" time", out.Parameter.LastModifiedDate.IsZero(), false)
	}
	_, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/none")})
	f.wantCode(err, "ParameterNotFound")
	_, err = client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("plain:2")})
	f.wantCode(err, "ParameterVersionNotFound")
	_, err = ssm.NewFromConfig(f.config(secondary)).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("plain")})
	f.wantCode(err, "ParameterNotFound")
}

func TestPutAndDeleteParameter(t *testing.T) {
	f := newFixture(t)
	client := ssm.NewFromConfig(f.config(primary))
	in := &ssm.PutParameterInput{Name: aws.String("/a"), Value: aws.String("1")}
	_, err := client.PutParameter(t.Context(), in)
	f.wantCode(err, "ValidationException")
	in.Type = types.ParameterTypeString
	equal(t, "version", must(client.PutParameter(t.Context(), in))(t).Version, 1)
	_, err = client.PutParameter(t.Context(), in)
	f.wantCode(err, "ParameterAlreadyExists")
	in.Overwrite, in.Type = aws.Bool(true), ""
	equal(t, "version", must(client.PutParameter(t.Context(), in))(t).Version, 2)
	must(client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: in.Name}))(t)
	_, err = client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: in.Name})
	f.wantCode(err, "ParameterNotFound")
}
