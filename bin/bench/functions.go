package main

import "context"

func (b *bench) functions(ctx context.Context) ([]figure, error) { return nil, nil }
