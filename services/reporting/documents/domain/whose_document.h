// Whose business a document is: what to ask of the rules in common/access.
#pragma once

#include "common/access/rules.h"
#include "services/reporting/documents/domain/facts.h"

namespace lianfang::reporting::documents {

struct Question {
  access::Action action;
  access::Facts facts;
};

// The facts have to be collected before: a letter's parties and a rectification's responsible
// person stand in them. A record that is not there is nobody's.
Question WhoseDocument(const Facts& facts);

}  // namespace lianfang::reporting::documents
