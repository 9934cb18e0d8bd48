package endpoint

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// dynamoDB is DynamoDB as far as the application's functions use it: items by their keys, with conditions on writes. Reads are
// consistent, items do not expire, and what an operation returns of earlier items (ReturnValues) is not.
func dynamoDB() *service {
	table := on(func(c *Call) string {
		return "arn:aws:dynamodb:" + c.Region + ":" + c.account() + ":table/" + c.tableName()
	})
	return &service{
		name:      "dynamodb",
		protocols: []protocol{jsonRPC{version: "1.0"}},
		operations: []operation{
			{name: "GetItem", resources: table, do: getItem},
			{name: "PutItem", resources: table, do: putItem},
			{name: "DeleteItem", resources: table, do: deleteItem},
		},
	}
}

// tableName is the name of the table that is named by its name or ARN.
func (c *Call) tableName() string {
	name := c.Str("TableName")
	return name[strings.LastIndex(name, "/")+1:]
}

// object is a member of the input that is an object.
func (c *Call) object(name string) map[string]any {
	m, _ := c.Input[name].(map[string]any)
	return m
}

// invalidItem is the answer to what DynamoDB does not take.
func invalidItem(format string, args ...any) error {
	return failure(http.StatusBadRequest, "com.amazon.coral.validate#ValidationException", format, args...)
}

// inTable runs f with the call's table and the key that item has in it, and stores the table afterwards.
func (c *Call) inTable(item map[string]any, f func(t *awssim.ItemTable, key string) error) (err error) {
	c.do(func(_ *awssim.State, r *awssim.Region) {
		t, ok := r.ItemTables.Get(c.tableName())
		if !ok {
			err = failure(http.StatusBadRequest, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "Requested resource not found")
			return
		}
		key, wrong := itemKey(t, item)
		if wrong != nil {
			err = wrong
			return
		}
		t.Items = t.Items.Copy()
		if err = f(&t, key); err == nil {
			r.ItemTables.Put(t.Name, t)
		}
	})
	return err
}

// itemKey is an item's key in the table of items: its key attributes as JSON.
func itemKey(t awssim.ItemTable, item map[string]any) (string, error) {
	keys := []any{item[t.HashKey]}
	if t.SortKey != "" {
		keys = append(keys, item[t.SortKey])
	}
	for _, k := range keys {
		if m, ok := k.(map[string]any); !ok || len(m) != 1 {
			return "", invalidItem("One or more parameter values were invalid: Missing the key %s in the item", t.HashKey)
		}
	}
	text, err := json.Marshal(keys)
	return string(text), err
}

func getItem(_ context.Context, c *Call) (any, error) {
	var out struct {
		Item map[string]any `json:",omitempty"`
	}
	err := c.inTable(c.object("Key"), func(t *awssim.ItemTable, key string) error {
		out.Item, _ = t.Items.Get(key)
		return nil
	})
	return out, err
}

func putItem(_ context.Context, c *Call) (any, error) {
	item := c.object("Item")
	return nil, c.inTable(item, func(t *awssim.ItemTable, key string) error {
		if err := c.condition(t, key); err != nil {
			return err
		}
		t.Items.Put(key, item)
		return nil
	})
}

func deleteItem(_ context.Context, c *Call) (any, error) {
	return nil, c.inTable(c.object("Key"), func(t *awssim.ItemTable, key string) error {
		if err := c.condition(t, key); err != nil {
			return err
		}
		t.Items.Delete(key)
		return nil
	})
}

// condition fails unless the call's condition holds for the item that is there, or for none.
func (c *Call) condition(t *awssim.ItemTable, key string) error {
	item, _ := t.Items.Get(key)
	holds, err := holdsFor(c.Str("ConditionExpression"), item, c.object("ExpressionAttributeNames"), c.object("ExpressionAttributeValues"))
	if err != nil {
		return invalidItem("Invalid ConditionExpression: %v", err)
	}
	if !holds {
		return failure(http.StatusBadRequest, "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "The conditional request failed")
	}
	return nil
}
