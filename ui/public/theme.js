// Before the first paint: a classic script of its own, since the content security policy takes
// no inline ones. The page's own theme switch writes the same key (src/state/theme.ts).
(function () {
  function chosen() {
    try {
      return localStorage.getItem('crosscut.theme');
    } catch {
      return null;
    }
  }
  var choice = chosen();
  var system = matchMedia('(prefers-color-scheme: light)').matches;
  var light = choice === 'light' || (choice !== 'dark' && system);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
})();
