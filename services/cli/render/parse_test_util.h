// Messages for the tests of tables.
#pragma once

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace lianfang::cli {

template <class Message>
Message Parse(const char* text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

}  // namespace lianfang::cli
