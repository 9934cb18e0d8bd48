package dns

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// DynamoDB is what a [Store] needs of the service. The SDK's client has it.
type DynamoDB interface {
	// GetItem reads an item.
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)

	// PutItem writes an item, if its condition holds.
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)

	// DeleteItem removes an item, if its condition holds.
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
}

// ErrBusy is wrapped by the error of an invocation that found another one at work. It should be tried again.
var ErrBusy = errors.New("another invocation is at work, try again")

// Store keeps the order of events in a DynamoDB table.
type Store struct {
	client DynamoDB
	table  string
}

// NewStore is a store in the table.
func NewStore(client DynamoDB, table string) *Store { return &Store{client, table} }

// Replica is what an upsert event said of a resource.
type Replica struct {
	// At is the event's time.
	At time.Time

	// State is how far the restoration has come.
	State lifecycle.State

	// ID, Name, Region and Account are the replica's.
	ID, Name, Region, Account string
}

// rankOf orders the states that events of the same second report. A failure hides nothing that was done before it.
func rankOf(s lifecycle.State) int {
	switch s {
	case lifecycle.Processing:
		return 0
	case lifecycle.Done:
		return 1
	}
	return 2 // failed, and what is not known
}

// item is an item of the table.
type item map[string]types.AttributeValue

// Acquire takes the lease for owner until a time. The error wraps [ErrBusy] if somebody else has it.
func (s *Store) Acquire(ctx context.Context, owner string, now, until time.Time) error {
	err := s.put(ctx, item{dnsplan.TableKey: text(leaseKey), "owner": text(owner), "leaseUntil": millis(until)},
		"attribute_not_exists(id) OR leaseUntil < :now", item{":now": millis(now)})
	if isConditionFailed(err) {
		return ErrBusy
	}
	return err
}

// Release gives the lease back. It is no error that somebody else has it by now.
func (s *Store) Release(ctx context.Context, owner string) error {
	_, err := s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName:                 &s.table,
		Key:                       item{dnsplan.TableKey: text(leaseKey)},
		ConditionExpression:       aws.String("#owner = :owner"),
		ExpressionAttributeNames:  map[string]string{"#owner": "owner"},
		ExpressionAttributeValues: item{":owner": text(owner)},
	})
	if isConditionFailed(err) {
		return nil
	}
	return err
}

const leaseKey = "lease"

// Order is what is known of an application.
func (s *Store) Order(ctx context.Context, application string) (Order, error) {
	found, err := s.get(ctx, "application#"+application)
	if err != nil {
		return Order{}, fmt.Errorf("read the order of application %s: %w", application, err)
	}
	return Order{
		FailedOver: found.time("failedOver"), Seen: found.time("seen"), Moved: found.time("moved"), Other: found.time("other"),
		Returned: found.time("returned"), Gone: found.time("gone"),
	}, nil
}

// SaveOrder keeps what is known of an application. The caller must have the lease.
func (s *Store) SaveOrder(ctx context.Context, application string, o Order) error {
	err := s.put(ctx, item{
		dnsplan.TableKey: text("application#" + application),
		"failedOver":     millis(o.FailedOver), "seen": millis(o.Seen), "moved": millis(o.Moved), "other": millis(o.Other),
		"returned": millis(o.Returned), "gone": millis(o.Gone),
	}, "", nil)
	if err != nil {
		return fmt.Errorf("save the order of application %s: %w", application, err)
	}
	return nil
}

// Replica is what is known of the replica of a resource, and whether anything is.
func (s *Store) Replica(ctx context.Context, resource string) (Replica, bool, error) {
	found, err := s.get(ctx, "resource#"+resource)
	if err != nil || found == nil {
		return Replica{}, false, wrap(err, "read the replica of %s", resource)
	}
	return Replica{
		At: found.time("eventTime"), State: lifecycle.State(found.text("state")), ID: found.text("recoveryId"),
		Name: found.text("recoveryName"), Region: found.text("recoveryRegion"), Account: found.text("recoveryAccount"),
	}, true, nil
}

// SaveReplica keeps what an upsert event said, unless a newer one is known, and reports whether it did.
func (s *Store) SaveReplica(ctx context.Context, resource string, r Replica) (bool, error) {
	at, rank := millis(r.At), &types.AttributeValueMemberN{Value: strconv.Itoa(rankOf(r.State))}
	err := s.put(ctx, item{
		dnsplan.TableKey: text("resource#" + resource), "eventTime": at, "stateRank": rank, "state": text(string(r.State)),
		"recoveryId": text(r.ID), "recoveryName": text(r.Name), "recoveryRegion": text(r.Region), "recoveryAccount": text(r.Account),
	}, "attribute_not_exists(id) OR eventTime < :at OR eventTime = :at AND stateRank < :rank", item{":at": at, ":rank": rank})
	if isConditionFailed(err) {
		return false, nil
	}
	return err == nil, wrap(err, "save the replica of %s", resource)
}

func (s *Store) get(ctx context.Context, key string) (item, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &s.table, Key: item{dnsplan.TableKey: text(key)}, ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

func (s *Store) put(ctx context.Context, i item, condition string, values item) error {
	in := &dynamodb.PutItemInput{TableName: &s.table, Item: i}
	if condition != "" {
		in.ConditionExpression, in.ExpressionAttributeValues = &condition, values
	}
	_, err := s.client.PutItem(ctx, in)
	return err
}

func isConditionFailed(err error) bool {
	var failed *types.ConditionalCheckFailedException
	return errors.As(err, &failed)
}

// wrap is err, if there is one, with what was being done.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// millis is a time as a number. The zero time is 0, which is older than every event.
func millis(t time.Time) types.AttributeValue {
	if t.IsZero() {
		return &types.AttributeValueMemberN{Value: "0"}
	}
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(t.UnixMilli(), 10)}
}

func (i item) text(name string) string {
	if s, ok := i[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func (i item) time(name string) time.Time {
	n, ok := i[name].(*types.AttributeValueMemberN)
	if !ok {
		return time.Time{}
	}
	ms, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil || ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
