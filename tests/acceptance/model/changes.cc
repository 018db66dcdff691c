// What happens to a school while the year runs: people come, go and move, functions change, days
// pass.
#include "lianfang/personnel/v1/personnel.pb.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

using namespace personnel::v1;  // NOLINT: requests of the directory

namespace {

template <class Response, class Request>
void Change(World& world, const Request& request) {
  world.Do<Response>(CallerOf(world, {kAdministrator}), request, Expected(world)).IgnoreError();
}

const google::protobuf::RepeatedPtrField<personnel::v1::Person>& PersonRecords(World& world) {
  return Everything<ListPersonsResponse, ListPersonsRequest>(world).persons();
}

}  // namespace

void BeginAppointment(World& world, const Command& command) {
  const auto posts = PostsOf(world);
  CreateAppointmentRequest request;
  request.set_parent(kUnit);
  request.set_appointment_id(NewId(world));
  Appointment& appointment = *request.mutable_appointment();
  appointment.set_person(Persons()[command.how % Persons().size()]);
  // A vacant post is filled first.
  std::string post = Choose(world, posts).name();
  for (const auto& vacant : posts) {
    if (command.fitting && HoldersOf(world, vacant.name()).empty()) post = vacant.name();
  }
  appointment.set_post(post);
  *appointment.mutable_start_date() = DateOf(world.today());
  world.Do<CreateAppointmentResponse>(CallerOf(world, {kAdministrator}), request).IgnoreError();
}

void EndAppointment(World& world, const Command& command) {
  const auto& appointments =
      Everything<ListAppointmentsResponse, ListAppointmentsRequest>(world).appointments();
  const Appointment* appointment = Pick(world, appointments, [](const Appointment& a) {
    return a.state() == RECORD_STATE_ACTIVE && !a.has_end_date();
  });
  if (appointment == nullptr) return;
  UpdateAppointmentRequest request;
  request.mutable_appointment()->set_name(appointment->name());
  request.mutable_appointment()->set_etag(EtagFor(world, *appointment));
  *request.mutable_appointment()->mutable_end_date() = DateOf(world.today() - command.how % 2);
  request.mutable_update_mask()->add_paths("end_date");
  Change<UpdateAppointmentResponse>(world, request);
}

void LeavePerson(World& world, const Command& command) {
  const personnel::v1::Person* person = Pick(world, PersonRecords(world));
  if (person == nullptr) return;
  UpdatePersonRequest request;
  request.mutable_person()->set_name(person->name());
  request.mutable_person()->set_etag(EtagFor(world, *person));
  Absence& absence = *request.mutable_person()->add_absences();
  *absence.mutable_start_date() = DateOf(world.today());
  *absence.mutable_end_date() = DateOf(world.today() + command.how % 20);
  absence.set_reason("病假");
  request.mutable_update_mask()->add_paths("absences");
  Change<UpdatePersonResponse>(world, request);
}

void ReturnPerson(World& world, const Command&) {
  const personnel::v1::Person* person =
      Pick(world, PersonRecords(world),
           [](const personnel::v1::Person& p) { return p.absences_size() > 0; });
  if (person == nullptr) return;
  UpdatePersonRequest request;
  request.mutable_person()->set_name(person->name());
  request.mutable_person()->set_etag(EtagFor(world, *person));
  request.mutable_update_mask()->add_paths("absences");
  Change<UpdatePersonResponse>(world, request);
}

void MoveDepartment(World& world, const Command& command) {
  const auto departments = DepartmentsOf(world);
  const auto& department = Choose(world, departments);
  UpdateDepartmentRequest request;
  request.mutable_department()->set_name(department.name());
  request.mutable_department()->set_etag(EtagFor(world, department));
  if (command.how % 2 == 0) {
    request.mutable_department()->set_head(Persons()[command.how % Persons().size()]);
    request.mutable_update_mask()->add_paths("head");
  } else {
    request.mutable_department()->set_vice_principal(
        Person(command.how % 4 == 1 ? "vice-a" : "vice-b"));
    request.mutable_update_mask()->add_paths("vice_principal");
  }
  Change<UpdateDepartmentResponse>(world, request);
}

void ChangeFunctions(World& world, const Command& command) {
  const auto posts = PostsOf(world);
  const auto& post = Choose(world, posts);
  UpdatePostRequest request;
  request.mutable_post()->set_name(post.name());
  request.mutable_post()->set_etag(EtagFor(world, post));
  if (command.how % 4 != 0) {
    request.mutable_post()->add_functions(
        static_cast<common::v1::PostFunction>(1 + command.how % 14));
  }
  request.mutable_update_mask()->add_paths("functions");
  Change<UpdatePostResponse>(world, request);
}

void PassDays(World& world, const Command& command) { world.PassDays(1 + command.how % 15); }

}  // namespace lianfang::model
