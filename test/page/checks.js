// What the tests ask a page. Each function returns what is wrong, as texts.
var checks = (function () {
  'use strict';
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function name(e) {
    return e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' "' + (e.textContent || '').trim().slice(0, 40) + '"';
  }
  function shown(e) {
    var s = getComputedStyle(e), b = e.getBoundingClientRect();
    return e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && s.visibility !== 'hidden' && (b.width > 0 || b.height > 0);
  }
  function painted(e) {
    var s = getComputedStyle(e);
    var stroke = s.stroke !== 'none' && s.stroke !== 'rgba(0, 0, 0, 0)';
    return stroke || (s.fill !== 'none' && s.fill !== 'rgba(0, 0, 0, 0)');
  }
  function rgb(text) {
    var m = text.match(/rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)/);
    return m ? [Number(m[1]), Number(m[2]), Number(m[3]), m[4] === undefined ? 1 : Number(m[4])] : null;
  }
  function luminance(c) {
    var l = c.slice(0, 3).map(function (v) { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
  }
  function contrast(a, b) {
    var x = luminance(a), y = luminance(b);
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }
  function behind(e) {
    for (; e; e = e.parentElement) {
      var c = rgb(getComputedStyle(e).backgroundColor);
      if (c && c[3] > 0) return c;
    }
    return [255, 255, 255, 1];
  }

  return {
    // drawn looks for elements that are missing, or there and not to be seen.
    drawn: function (selectors) {
      var wrong = [];
      selectors.forEach(function (selector) {
        var found = all(selector);
        if (!found.length) wrong.push(selector + ' is missing');
        found.forEach(function (e) {
          if (!shown(e)) wrong.push(selector + ' is not to be seen: ' + name(e));
          else if (e instanceof SVGGeometryElement && !painted(e)) wrong.push(selector + ' has no colour');
        });
      });
      return wrong;
    },
    // pale looks for text that is hard to read: less contrast than WCAG 2 asks of level AA.
    pale: function () {
      var wrong = [];
      all('body *').forEach(function (e) {
        var own = Array.prototype.some.call(e.childNodes, function (n) { return n.nodeType === 3 && n.textContent.trim(); });
        if (!own || !shown(e) || e.closest('script, style, title, desc') || e.tagName === 'title' || e.tagName === 'desc') return;
        var svg = e instanceof SVGElement, ink = rgb(svg ? getComputedStyle(e).fill : getComputedStyle(e).color);
        var ratio = contrast(ink, behind(svg ? e.ownerSVGElement.parentElement : e));
        if (ratio < 4.5) wrong.push(name(e) + ' has a contrast of ' + ratio.toFixed(2));
      });
      return wrong;
    },
    // faint looks for colours of areas and lines that are hard to see.
    faint: function () {
      var page = getComputedStyle(document.body);
      return ['first', 'second', 'failed', 'refused', 'muted'].filter(function (c) {
        var probe = document.createElement('span');
        probe.style.color = page.getPropertyValue('--' + c);
        document.body.append(probe);
        var ratio = contrast(rgb(getComputedStyle(probe).color), behind(document.body));
        probe.remove();
        return ratio < 3;
      });
    },
    // wide looks for what makes the page wider than the window.
    wide: function () {
      if (document.documentElement.scrollWidth <= window.innerWidth) return [];
      return ['page of ' + document.documentElement.scrollWidth + ' in ' + window.innerWidth].concat(all('body *').filter(function (e) {
        return e.getBoundingClientRect().right > window.innerWidth && !e.closest('.scroll, .long, .skip');
      }).map(name));
    },
    // structure looks for what a screen reader would miss.
    structure: function () {
      var wrong = [], level = 0;
      all('h1, h2, h3, h4').forEach(function (h) {
        var l = Number(h.tagName[1]);
        if (l > level + 1) wrong.push('heading skips a level: ' + name(h));
        level = l;
      });
      if (all('h1').length !== 1) wrong.push('one h1 is wanted');
      ['header', 'nav[aria-label]', 'main', 'footer'].forEach(function (s) { if (all(s).length !== 1) wrong.push('one ' + s + ' is wanted'); });
      all('section').forEach(function (s) { if (!document.getElementById(s.getAttribute('aria-labelledby'))) wrong.push('section without a name'); });
      all('table').forEach(function (t) {
        if (!t.caption || !t.caption.textContent.trim()) wrong.push('table without a caption: ' + name(t));
        Array.prototype.forEach.call(t.querySelectorAll('th'), function (h) { if (!h.scope) wrong.push('header without a scope: ' + name(h)); });
        if (t.tHead && t.tHead.rows[0].cells.length !== t.tBodies[0].rows[0].cells.length && !t.querySelector('[colspan]')) wrong.push('columns differ: ' + name(t));
      });
      all('nav a').forEach(function (a) { if (!document.querySelector(a.getAttribute('href'))) wrong.push('link to nowhere: ' + a.href); });
      var ids = all('[id]').map(function (e) { return e.id; });
      ids.filter(function (id, i) { return ids.indexOf(id) !== i; }).forEach(function (id) { wrong.push('id twice: ' + id); });
      return wrong;
    },
    // stops are what can be reached by keyboard, in the order of the document.
    stops: function () { return all('a[href], summary, [tabindex="0"]').filter(shown).map(name); },
    // stop is where the keyboard is.
    stop: function () {
      var e = document.activeElement, s = getComputedStyle(e);
      return e === document.body ? '' : name(e) + (s.outlineStyle === 'none' || s.outlineWidth === '0px' ? ' without an outline' : '');
    },
    // figures are the page's figures, with what is to be read.
    figures: function () {
      return all('[data-figure]').map(function (e) {
        return { pointer: e.dataset.figure, value: Number(e.getAttribute('value')), text: e.textContent };
      });
    },
    // sums are the sums of the columns of the timeline's table.
    sums: function () {
      var rows = Array.prototype.slice.call(document.getElementById('buckets').tBodies[0].rows);
      return [1, 2, 3, 4, 5, 6].map(function (c) {
        return rows.reduce(function (sum, r) { return sum + Number(r.cells[c].textContent); }, 0);
      });
    }
  };
})();
