// Written for browsers that cannot run the application itself (before Chrome 85): says so in plain words.
(function () {
  var ok = typeof Promise === 'function' && typeof Promise.any === 'function' &&
    typeof String.prototype.replaceAll === 'function' && 'noModule' in document.createElement('script');
  if (ok) return;
  window.onload = function () {
    document.body.innerHTML =
      '<div style="max-width:520px;margin:80px auto;padding:0 16px;font:16px/1.8 sans-serif;color:#1F2933">' +
      '<h1 style="font-size:20px">浏览器版本过低</h1>' +
      '<p>本系统需要较新的浏览器：谷歌浏览器 85 及以上，或 360 安全浏览器、奇安信、统信、微信等的新版本（请使用“极速模式”）。</p>' +
      '<p>请更新浏览器后重新打开本页；单位电脑无法更新的，可先用手机打开。</p></div>';
  };
})();
