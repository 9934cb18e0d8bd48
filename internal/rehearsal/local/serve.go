package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal/apigateway"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cognito"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// closingTime is how long requests may take to end when everything is taken down.
const closingTime = 5 * time.Second

// serve serves handler at an address of the loopback interface and returns the address.
func (s *system) serve(address string, handler http.Handler) (string, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	s.closers = append(s.closers, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), closingTime)
		defer cancel()
		err := server.Shutdown(ctx)
		if err != nil {
			err = server.Close()
		}
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	})
	return l.Addr().String(), nil
}

const freePort = "127.0.0.1:0"

// serveAWS serves all AWS services, and makes the operator's credentials for them.
func (s *system) serveAWS() error {
	s.aws = endpoint.NewFaulty(s.cloud, s.faults)
	s.closers = append(s.closers, func() error { s.aws.Close(); return nil })
	address, err := s.serve(freePort, s.aws)
	if err != nil {
		return err
	}
	everything, err := iam.Parse(iam.Identity, "everything", map[string]any{
		"Version":   "2012-10-17",
		"Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"},
	})
	if err != nil {
		return err
	}
	s.cloud.Do(func(state *awssim.State) {
		user, key := state.CreateUser(awssim.User{Name: "operator", Policies: []*iam.Policy{everything}})
		s.operator = user.ARN
		s.endpoints.AWS = endpoints.AWS{Endpoint: "http://" + address, AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
	})
	s.endpoints.Database = s.databases()
	return nil
}

// servePools serves each Region's token endpoint.
func (s *system) servePools() error {
	s.endpoints.Token, s.endpoints.Clients = make(map[string]string), make(map[string]endpoints.Client)
	for _, pool := range s.world.UserPools {
		address, err := s.serve(freePort, s.gate(pool.Region()).guard(pool))
		if err != nil {
			return err
		}
		s.endpoints.Token[pool.Region()] = "http://" + address + "/oauth2/token"
		for _, c := range pool.Clients() {
			s.endpoints.Clients[pool.Region()] = endpoints.Client{ID: c.ID, Secret: c.Secret}
		}
	}
	return nil
}

// serveAPIs serves each Region's API.
func (s *system) serveAPIs() error {
	s.endpoints.API = make(map[string]string)
	verifier := cognito.NewVerifier(s.now)
	for _, pool := range s.world.UserPools {
		verifier.Add(pool)
	}
	for _, deployed := range s.world.APIs {
		api, err := apigateway.New(deployed.Definition, apigateway.Options{
			Invoke: s.invoke, AuthorizeInvoke: s.authorizeInvoke, Verify: verify(verifier),
			AccessLog: s.log.named("api " + deployed.Region), Now: s.now,
		})
		if err != nil {
			return err
		}
		way := s.gate(deployed.Region)
		address, err := s.serve(freePort, way.guard(api))
		if err != nil {
			return err
		}
		s.origins[deployed.Definition.DomainName()] = origin{address, way}
		s.endpoints.API[deployed.Region] = "http://" + address + "/" + deployed.Definition.Stage()
	}
	return nil
}

// invoke invokes the function of an ARN, with or without a version or an alias.
func (s *system) invoke(ctx context.Context, functionARN string, event []byte) ([]byte, error) {
	function, ok := s.functions[unqualified(functionARN)]
	if !ok {
		return nil, fmt.Errorf("function %s does not run", functionARN)
	}
	result, err := function.Invoke(ctx, event)
	if err != nil {
		return nil, err
	}
	if result.FunctionError != "" {
		return nil, &apigateway.FunctionError{Payload: result.Payload}
	}
	return result.Payload, nil
}

// unqualified is a function's ARN without a version or an alias.
func unqualified(functionARN string) string {
	parts := strings.Split(functionARN, ":")
	return strings.Join(parts[:min(len(parts), 7)], ":")
}

// authorizeInvoke is nil if a function's resource policy lets API Gateway invoke it for a source.
func (s *system) authorizeInvoke(_ context.Context, functionARN, sourceARN string) error {
	var policy *iam.Policy
	parts := strings.Split(functionARN, ":")
	if len(parts) < 7 {
		return fmt.Errorf("%s is no function's ARN", functionARN)
	}
	s.cloud.Do(func(state *awssim.State) {
		f, _, _ := state.Region(parts[3]).FindFunction(parts[6], "")
		policy = f.Policy
	})
	if policy == nil {
		return fmt.Errorf("function %s has no resource policy", functionARN)
	}
	return iam.Decide(iam.Request{
		Principal: iam.Principal{Service: "apigateway.amazonaws.com"},
		Action:    "lambda:InvokeFunction", Resource: functionARN,
		Context:   map[string][]string{"aws:SourceArn": {sourceARN}, "aws:SourceAccount": {parts[4]}},
		Resources: []*iam.Policy{policy},
	}).Err()
}

// verify tells API Gateway what the user pools say of a token.
func verify(verifier *cognito.Verifier) apigateway.Verifier {
	return func(_ context.Context, userPoolARNs []string, token string) (apigateway.Claims, error) {
		claims, err := verifier.Verify(userPoolARNs, token)
		switch {
		case errors.Is(err, cognito.ErrExpired):
			return nil, apigateway.ErrTokenExpired
		case err != nil:
			return nil, apigateway.ErrTokenInvalid
		}
		return decode(claims)
	}
}

// decode is what a token says, as JSON has it.
func decode(claims cognito.Claims) (apigateway.Claims, error) {
	text, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	var decoded apigateway.Claims
	err = json.Unmarshal(text, &decoded)
	return decoded, err
}

// tellEdge puts the edge's address into parameters, in the place of the distribution's host name, which only AWS resolves.
func (s *system) tellEdge() {
	name := "https://" + s.world.Distributions[0].Config.DomainName
	s.cloud.Do(func(state *awssim.State) {
		for _, region := range s.application.Regions() {
			for _, p := range state.Region(region).Parameters.Values() {
				if strings.Contains(p.Value, name) {
					p.Value = strings.ReplaceAll(p.Value, name, s.endpoints.Edge)
					state.Region(region).PutParameter(p)
				}
			}
		}
	})
}

// dial connects to the API that has a domain name.
func (s *system) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	o, ok := s.origins[host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return o.way.dial(ctx, o.address)
}

// origin is an API that the edge can reach.
type origin struct {
	address string
	way     *gate
}
