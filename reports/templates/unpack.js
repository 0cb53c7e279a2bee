(async function () {
  function base64(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  }
  try {
    const packed = Uint8Array.from(atob(PACKED), (letter) => letter.charCodeAt(0));
    const files = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const all = new Uint8Array(await new Response(files).arrayBuffer());
    let end = all.indexOf(10) + 1;
    for (const [name, length] of JSON.parse(new TextDecoder().decode(all.subarray(0, end)))) {
      const file = all.subarray(end, (end += length));
      Object.defineProperty(window.allureReportData, name, { enumerable: true, get: () => base64(file) });
    }
    window.allureReportDataReady = true;
  } catch (error) {
    document.body.textContent = "This page cannot be unpacked; open it in a browser of 2023 or newer. " + error;
  }
})();
