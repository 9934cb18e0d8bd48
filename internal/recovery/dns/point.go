package dns

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// of wants the records of an application.
func of(application string) func(dnsplan.Record) bool {
	return func(r dnsplan.Record) bool { return r.Application == application }
}

// point makes the records that are wanted point at their targets, all or none. It returns what was different.
func (h *Handler) point(ctx context.Context, wanted func(dnsplan.Record) bool, target func(dnsplan.Record) (dnsplan.Target, error)) ([]Change, error) {
	var changes []Change
	var errs []error
	for _, r := range h.Plan.Records {
		if !wanted(r) {
			continue
		}
		t, err := target(r)
		if err != nil {
			errs = append(errs, fmt.Errorf("record %s %s: %w", r.Name, r.Type, err))
			continue
		}
		c, err := h.Zone.Difference(ctx, r, t)
		if errs = append(errs, err); c != nil {
			changes = append(changes, *c)
		}
	}
	if err := errors.Join(errs...); err != nil || len(changes) == 0 || h.Plan.DryRun {
		return changes, err
	}
	return changes, h.Zone.Apply(ctx, changes)
}

// ErrNotReady is wrapped by the error for a record whose resource was not recovered, as far as is known.
var ErrNotReady = errors.New("not ready")

// recovered says what a record points at after a failover: the plan's target, with what the replica's event said in it.
func (h *Handler) recovered(ctx context.Context, order Order) func(dnsplan.Record) (dnsplan.Target, error) {
	return func(r dnsplan.Record) (dnsplan.Target, error) {
		if r.Resource == "" {
			return r.Recovery, nil
		}
		replica, ok, err := h.Store.Replica(ctx, r.Resource)
		if err != nil {
			return dnsplan.Target{}, err
		}
		if !ok || !replica.At.After(order.Other) {
			return dnsplan.Target{}, fmt.Errorf("%w: no upsert event of this failover is known for %s", ErrNotReady, r.Resource)
		}
		if replica.State != lifecycle.Done {
			return dnsplan.Target{}, fmt.Errorf("%w: the replica of %s is %q and must be %q", ErrNotReady, r.Resource, clip(string(replica.State)), lifecycle.Done)
		}
		return fill(r, replica)
	}
}

// label is what may stand in the place of a placeholder. A dot is not in it, so that who sends events cannot choose the domain.
var label = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// fill puts what is known of the replica into the record's target.
func fill(r dnsplan.Record, replica Replica) (dnsplan.Target, error) {
	values := map[string]string{
		"{recovery-resource-id}": replica.ID, "{recovery-resource-name}": replica.Name,
		"{recovery-region}": replica.Region, "{recovery-account}": replica.Account,
	}
	var errs []error
	t := r.Recovery.Fill(func(placeholder string) string {
		v := values[placeholder]
		if !label.MatchString(v) {
			errs = append(errs, fmt.Errorf("%s must be letters, digits and hyphens to be part of a DNS name, got %q", placeholder, clip(v)))
		}
		return v
	})
	if err := errors.Join(errs...); err != nil {
		return dnsplan.Target{}, err
	}
	return t, r.CheckTarget(t)
}

// clip is as much of s as an error or a log should repeat of what somebody else sent.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
