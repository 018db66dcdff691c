// The personnel service alone.
#include "common/server/run_main.h"
#include "services/personnel/module.h"

int main(int argc, char** argv) {
  return lianfang::server::RunMain(argc, argv, {lianfang::personnel::PersonnelModule()});
}
