module example.com/shop

go 1.26.2

replace github.com/warmstandby/warmstandby => ../../..
