// Package page opens reports' pages in a browser, headless Chromium, and looks whether everything is there: in light and dark, on
// wide and narrow windows, on paper, by keyboard, and for a screen reader. It needs Chromium installed, and no network.
package page
