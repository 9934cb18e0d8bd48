package local

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

const (
	// sessionLifetime is how long a function's credentials last. Lambda's last longer than an instance does.
	sessionLifetime = 12 * time.Hour

	// instances is how many instances a function has at most that has none reserved. In AWS an account has 1000; here they share
	// the processors of one machine, and further invocations wait for one of them.
	instances = 8
)

// function is a function that runs here.
type function struct {
	*runtimeapi.Function
	free chan struct{} // as many as there may be instances; nil if more invocations are refused rather than wait
}

// Invoke invokes the function as soon as it may.
func (f *function) Invoke(ctx context.Context, payload []byte) (runtimeapi.Result, error) {
	if f.free != nil {
		select {
		case f.free <- struct{}{}:
			defer func() { <-f.free }()
		case <-ctx.Done():
			return runtimeapi.Result{}, ctx.Err()
		}
	}
	return f.Function.Invoke(ctx, payload)
}

// startFunctions builds the functions that the templates name, and makes them ready to be invoked.
func (s *system) startFunctions(ctx context.Context) error {
	binaries, err := s.build(ctx)
	if err != nil {
		return err
	}
	for _, f := range s.world.Functions {
		if f.NotRun != "" {
			continue
		}
		if err := s.startFunction(f, binaries[f.ImportPath]); err != nil {
			return fmt.Errorf("start function %s: %w", f.Name, err)
		}
		s.noteLacks(f)
	}
	return nil
}

// noteLacks notes what a function's role may not do of what Lambda does with it: write logs and traces. AWS says nothing of it.
func (s *system) noteLacks(f *provision.Function) {
	for _, err := range f.Lacks {
		if denied, ok := errors.AsType[*iam.Denied](err); ok {
			s.refused.add(f.Role[strings.LastIndex(f.Role, "/")+1:], denied.Action, denied.Resource, 1)
		}
	}
}

// startFunction makes one function ready, with the credentials of its role, and tells simulated AWS how to invoke it.
func (s *system) startFunction(f *provision.Function, binary string) error {
	environment, err := s.environment(f)
	if err != nil {
		return err
	}
	concurrency, free := instances, make(chan struct{}, instances)
	if f.Reserved != nil {
		concurrency, free = *f.Reserved, nil
	}
	running, err := runtimeapi.New(runtimeapi.Options{
		Binary: binary, ARN: f.ARN, Env: environment,
		Timeout: f.Timeout, MemoryMiB: f.MemorySize, Concurrency: concurrency, Log: s.functionLog(f),
	})
	if err != nil {
		return err
	}
	s.functions[f.ARN] = &function{running, free}
	s.closers = append(s.closers, func() error { running.Close(); return nil })
	s.cloud.Do(func(state *awssim.State) {
		region := state.Region(f.Region)
		deployed, _ := region.Functions.Get(f.Name)
		deployed.Invoke = s.invoker(f.Region, s.functions[f.ARN])
		region.Functions.Put(f.Name, deployed)
	})
	return nil
}

// invoker invokes a function for AWS's services. In a Region that is cut off none runs.
func (s *system) invoker(region string, f *function) awssim.InvokeFunc {
	return func(ctx context.Context, _ string, payload []byte) (awssim.InvokeResult, error) {
		reachable := true
		s.cloud.Do(func(state *awssim.State) { reachable = state.Reachable(region) })
		if !reachable {
			return awssim.InvokeResult{}, fmt.Errorf("%s is cut off", region)
		}
		result, err := f.Invoke(ctx, payload)
		return awssim.InvokeResult{Payload: result.Payload, FunctionError: result.FunctionError}, err
	}
}

// environment is what a function finds in its environment: the template's variables, with addresses in the place of host names that
// only AWS resolves; its role's credentials; and where AWS is.
func (s *system) environment(f *provision.Function) (map[string]string, error) {
	environment := make(map[string]string, len(f.Environment))
	for name, value := range f.Environment {
		environment[name] = s.reach(f, value)
	}
	var credentials awssim.Credentials
	var ok bool
	s.cloud.Do(func(state *awssim.State) { credentials, ok = state.AssumeRole(f.Role, f.Name, sessionLifetime) })
	if !ok {
		return nil, fmt.Errorf("its role %s does not exist", f.Role)
	}
	maps.Copy(environment, map[string]string{
		"AWS_ACCESS_KEY_ID":     credentials.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY": credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN":     credentials.SessionToken,
		"SSL_CERT_FILE":         s.roots,
	})
	if f.Attachment.VPC == "" {
		environment["AWS_ENDPOINT_URL"] = s.endpoints.AWS.Endpoint
		return environment, nil
	}
	for service, variable := range serviceVariables {
		environment[variable] = s.endpoints.AWS.Endpoint
		if s.world.Connects(f, service+"."+f.Region+".amazonaws.com", 443) != nil {
			environment[variable] = "http://" + s.silent
		}
	}
	return environment, nil
}

// serviceVariables tell the SDK where a service is, for those that functions in a VPC call.
var serviceVariables = map[string]string{
	"cloudformation": "AWS_ENDPOINT_URL_CLOUDFORMATION",
	"dynamodb":       "AWS_ENDPOINT_URL_DYNAMODB",
	"route53":        "AWS_ENDPOINT_URL_ROUTE_53",
	"secretsmanager": "AWS_ENDPOINT_URL_SECRETS_MANAGER",
}

// reach is the address of a database's endpoint, if value is its host name; one that never answers, if security groups keep the
// function from it; or value itself.
func (s *system) reach(f *provision.Function, value string) string {
	e, ok := s.world.Endpoint(value, f.Attachment.VPC)
	if !ok || e.Address == "" {
		return value
	}
	if s.world.Connects(f, e.Host, e.Port) != nil {
		return s.silent
	}
	return e.Address
}
