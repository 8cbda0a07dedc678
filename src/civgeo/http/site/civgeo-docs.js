/* Opens the reader of the API definition; a file of its own, so that no inline script is needed. */
"use strict";
(function () {
  var place = document.getElementById("reader");
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.definition,
    validatorUrl: null,
    deepLinking: true,
    defaultModelsExpandDepth: -1,
    docExpansion: "list",
    supportedSubmitMethods: ["get", "head"]
  });
})();
