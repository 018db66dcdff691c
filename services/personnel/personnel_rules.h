// What each change of a record asks of the directory before it is written: the rules of domain/
// with the facts that they need, read within the change.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/store/write_tx.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

// REFERENCE_NOT_FOUND when the unit of the change does not exist; `field` names it in the request.
absl::Status RequireUnit(store::WriteTx& tx, absl::string_view field);

// A new record: the unit exists, references do, values make sense. Sets the state.
absl::Status NewDepartment(store::WriteTx& tx, v1::Department& department);
absl::Status NewPost(store::WriteTx& tx, v1::Post& post);
absl::Status NewPerson(store::WriteTx& tx, v1::Person& person);
absl::Status NewAppointment(store::WriteTx& tx, v1::Appointment& appointment);
absl::Status NewLeadingGroupMember(store::WriteTx& tx, v1::LeadingGroupMember& member);

// A changed record. References that stay as they were are not asked for again. A post whose
// functions or department change marks its duty: it is to be looked at again.
absl::Status ChangeDepartment(store::WriteTx& tx, const v1::Department& old, v1::Department& next);
absl::Status ChangePost(store::WriteTx& tx, const v1::Post& old, v1::Post& next);
absl::Status ChangePerson(store::WriteTx& tx, const v1::Person& old, v1::Person& next);
absl::Status ChangeAppointment(store::WriteTx& tx, const v1::Appointment& old,
                               v1::Appointment& next);
absl::Status ChangeLeadingGroupMember(store::WriteTx& tx, const v1::LeadingGroupMember& old,
                                      v1::LeadingGroupMember& next);

// Archives a record that nothing in use refers to any more.
absl::Status ArchiveDepartment(store::WriteTx& tx, v1::Department& department);
absl::Status ArchivePost(store::WriteTx& tx, v1::Post& post);
absl::Status ArchivePerson(store::WriteTx& tx, v1::Person& person);
absl::Status ArchiveAppointment(store::WriteTx& tx, v1::Appointment& appointment);
absl::Status ArchiveLeadingGroupMember(store::WriteTx& tx, v1::LeadingGroupMember& member);

}  // namespace lianfang::personnel
