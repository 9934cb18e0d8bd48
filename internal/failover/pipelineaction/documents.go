package pipelineaction

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// SSM is what is asked of Systems Manager. [ssm.Client] satisfies it. It should retry.
type SSM interface {
	GetParameter(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error)
}

// Documents reads the topology document. It is safe for concurrent use.
type Documents struct {
	// SSM is the client of the function's own Region.
	SSM SSM

	// Parameter is the name of the parameter.
	Parameter string

	// Log is told when a document of an earlier invocation has to serve.
	Log *slog.Logger

	mu   sync.Mutex
	last *topology.Document
}

// Read reads the document. If Systems Manager fails, the document that was read last serves.
func (s *Documents) Read(ctx context.Context) (topology.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, err := s.SSM.GetParameter(ctx, &ssm.GetParameterInput{Name: &s.Parameter})
	if err != nil {
		err = fmt.Errorf("read the topology from parameter %s: %w", s.Parameter, err)
		if s.last == nil {
			return topology.Document{}, err
		}
		s.Log.Warn("the topology of an earlier invocation serves", "err", err.Error())
		return *s.last, nil
	}
	var value string
	if out.Parameter != nil {
		value = aws.ToString(out.Parameter.Value)
	}
	d, err := topology.ParseDocument(value)
	if err != nil {
		return d, misconfigured{fmt.Errorf("parameter %s: %w", s.Parameter, err)}
	}
	s.last = &d
	return d, nil
}
