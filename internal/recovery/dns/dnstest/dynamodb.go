// Package dnstest has the services that package dns needs, in memory and with faults.
package dnstest

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// DynamoDB is one table with the partition key id.
type DynamoDB struct {
	// Fault is asked before and after each call takes effect; an error of its is the call's. Default: none.
	Fault func(call string, after bool) error

	mu    sync.Mutex
	items map[string]map[string]types.AttributeValue
}

// GetItem reads an item.
func (d *DynamoDB) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	out := &dynamodb.GetItemOutput{}
	return out, call(d.Fault, "GetItem", func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		out.Item = maps.Clone(d.items[id(in.Key)])
		return nil
	})
}

// PutItem writes an item.
func (d *DynamoDB) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return &dynamodb.PutItemOutput{}, call(d.Fault, "PutItem", func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if err := d.check(id(in.Item), in.ConditionExpression, in.ExpressionAttributeNames, in.ExpressionAttributeValues); err != nil {
			return err
		}
		if d.items == nil {
			d.items = map[string]map[string]types.AttributeValue{}
		}
		d.items[id(in.Item)] = maps.Clone(in.Item)
		return nil
	})
}

// DeleteItem removes an item.
func (d *DynamoDB) DeleteItem(_ context.Context, in *dynamodb.DeleteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return &dynamodb.DeleteItemOutput{}, call(d.Fault, "DeleteItem", func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if err := d.check(id(in.Key), in.ConditionExpression, in.ExpressionAttributeNames, in.ExpressionAttributeValues); err != nil {
			return err
		}
		delete(d.items, id(in.Key))
		return nil
	})
}

// call does something, with a fault before or after it.
func call(fault func(string, bool) error, name string, do func() error) error {
	if fault == nil {
		return do()
	}
	if err := fault(name, false); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return fault(name, true)
}

func id(item map[string]types.AttributeValue) string {
	return item["id"].(*types.AttributeValueMemberS).Value
}

// check evaluates a condition of comparisons with AND and OR between them, of which AND binds tighter, as in DynamoDB.
func (d *DynamoDB) check(id string, condition *string, names map[string]string, values map[string]types.AttributeValue) error {
	if condition == nil {
		return nil
	}
	for _, alternative := range strings.Split(*condition, " OR ") {
		all := true
		for _, term := range strings.Split(alternative, " AND ") {
			holds, err := holds(d.items[id], term, names, values)
			if err != nil {
				return err
			}
			all = all && holds
		}
		if all {
			return nil
		}
	}
	return &types.ConditionalCheckFailedException{}
}

// holds evaluates a comparison of an attribute with a value, or attribute_not_exists.
func holds(item map[string]types.AttributeValue, term string, names map[string]string, values map[string]types.AttributeValue) (bool, error) {
	if name, ok := strings.CutPrefix(term, "attribute_not_exists("); ok {
		_, exists := item[strings.TrimSuffix(name, ")")]
		return !exists, nil
	}
	words := strings.Fields(term)
	if len(words) != 3 || words[1] != "=" && words[1] != "<" || values[words[2]] == nil {
		return false, fmt.Errorf("ValidationException: condition %q", term)
	}
	name := words[0]
	if alias, ok := names[name]; ok {
		name = alias
	}
	attribute, exists := item[name]
	if !exists {
		return false, nil
	}
	order, err := compare(attribute, values[words[2]])
	return words[1] == "=" && order == 0 || words[1] == "<" && order < 0, err
}

func compare(a, b types.AttributeValue) (int, error) {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		if b, ok := b.(*types.AttributeValueMemberS); ok {
			return strings.Compare(a.Value, b.Value), nil
		}
	case *types.AttributeValueMemberN:
		if b, ok := b.(*types.AttributeValueMemberN); ok {
			x, errX := strconv.ParseInt(a.Value, 10, 64)
			y, errY := strconv.ParseInt(b.Value, 10, 64)
			if errX != nil || errY != nil {
				return 0, fmt.Errorf("ValidationException: numbers %q and %q", a.Value, b.Value)
			}
			return int(min(max(x-y, -1), 1)), nil
		}
	}
	return 1, nil // of different types: neither equal nor less
}
