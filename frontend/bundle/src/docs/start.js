// Starts Swagger UI. A token that is entered stays in the page's memory.
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

addEventListener('DOMContentLoaded', () => {
  SwaggerUIBundle({
    dom_id: '#docs',
    url: '/api/openapi.json',
    // The document's address cannot be changed by the page's.
    queryConfigEnabled: false,
    validatorUrl: null,
    persistAuthorization: false,
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    filter: true,
    tryItOutEnabled: true,
  });
});
