// Reads one moment of the timeline out of the table below it. Without the script, the page lacks nothing else.
(function () {
  'use strict';
  var image = document.getElementById('image');
  var readout = document.getElementById('readout');
  var table = document.getElementById('buckets');
  if (!image || !readout || !table) return;
  var chart = image.querySelector('svg');
  var cursor = chart.querySelector('.cursor');
  var left = Number(chart.dataset.left), right = Number(chart.dataset.right), length = Number(chart.dataset.length);
  var shift = Number(image.dataset.shift || 0);
  var heads = Array.prototype.map.call(table.tHead.rows[0].cells, function (c) { return c.textContent; });
  var rows = table.tBodies[0].rows;
  var times = Array.prototype.map.call(rows, function (r) { return Number(r.cells[0].textContent) * 1000 + shift; });
  var at = -1;
  document.body.classList.add('scripted');

  function show(i) {
    at = Math.min(Math.max(i, 0), rows.length - 1);
    var cells = rows[at].cells, parts = [];
    for (var c = 1; c < cells.length; c++) {
      var text = cells[c].textContent;
      if (text !== '–' && text !== '0') parts.push(heads[c].toLowerCase() + ' ' + text);
    }
    readout.textContent = cells[0].textContent + ' s: ' + parts.join(' · ');
    readout.hidden = false;
    var x = left + (right - left) * times[at] / length;
    cursor.setAttribute('x1', x);
    cursor.setAttribute('x2', x);
    cursor.setAttribute('visibility', 'visible');
  }

  function find(ms) {
    var low = 0, high = times.length - 1;
    while (low < high) {
      var middle = (low + high + 1) >> 1;
      if (times[middle] <= ms) low = middle; else high = middle - 1;
    }
    return low;
  }

  chart.addEventListener('pointermove', function (e) {
    var box = chart.getBoundingClientRect();
    var x = (e.clientX - box.left) * chart.viewBox.baseVal.width / box.width;
    if (x >= left && x <= right) show(find((x - left) / (right - left) * length));
  });
  image.addEventListener('keydown', function (e) {
    var step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[e.key];
    if (e.key === 'Home') show(0);
    else if (e.key === 'End') show(rows.length - 1);
    else if (step) show(at + step);
    else return;
    e.preventDefault();
  });
})();
