#include "web/brand_icon.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace atlas::web::routes {

void root(site&, const request&, const respond& reply) {
  response made;
  made.status = 302;
  made.headers.emplace_back("Location", "/dashboard");
  reply(std::move(made));
}

// Every path below /dashboard is the one page: it finds its view from the address.
void dashboard(site& where, const request& asked, const respond& reply) {
  if (auto page = where.files.serve(asked, "index.html")) {
    return reply(std::move(*page));
  }
  response made;
  made.status = 503;
  made.content_type = "text/plain; charset=utf-8";
  made.text = fmt::format(
      "The dashboard is not there: {} has no index.html. Build it (cmake --build with ATLAS_UI=ON) or name "
      "its "
      "folder with --ui-dir.\n",
      where.options.ui_dir.empty() ? "the dashboard folder" : where.options.ui_dir.string());
  reply(std::move(made));
}

void asset(site& where, const request& asked, const respond& reply) {
  auto file = where.files.serve(asked, fmt::format("{}", fmt::join(asked.target.segments, "/")));
  reply(file ? std::move(*file) : problem(404, "there is no such file"));
}

void icon(site& where, const request&, const respond& reply) {
  response made;
  made.content_type = "image/svg+xml";
  made.text = brand_icon(where.brand);
  reply(std::move(made));
}

void manifest(site& where, const request&, const respond& reply) {
  response made;
  made.content_type = "application/manifest+json";
  made.text = web_manifest(where.brand);
  reply(std::move(made));
}

}  // namespace atlas::web::routes
