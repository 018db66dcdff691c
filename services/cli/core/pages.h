// Reading lists page by page.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "common/status/error.h"
#include "google/protobuf/descriptor.h"

namespace lianfang::cli {

// More pages than any list of a unit has: a server whose tokens never end is not followed for ever.
inline constexpr int kMaxPages = 20000;

// How many to ask for at a time: 500, or fewer where the request's own limit says so.
int PageSizeOf(const google::protobuf::Descriptor& request);

// Calls `fetch` for the first page and then for each `next_page_token`, with `request`'s page_token
// set, and `take` with each response.
template <class Request, class Fetch, class Take>
absl::Status EachPage(Request request, Fetch fetch, Take take) {
  request.set_page_size(PageSizeOf(*Request::descriptor()));
  for (int page = 0; page < kMaxPages; ++page) {
    LF_ASSIGN_OR_RETURN(auto response, fetch(request));
    // A copy: `take` may empty the response.
    std::string next = response.next_page_token();
    LF_RETURN_IF_ERROR(take(response));
    if (next.empty()) return absl::OkStatus();
    request.set_page_token(std::move(next));
  }
  return MakeError(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN, "服务返回的分页没有尽头。",
                   "The server's pages do not end.");
}

}  // namespace lianfang::cli
