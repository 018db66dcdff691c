// The grading service alone.
#include "common/server/run_main.h"
#include "services/grading/module.h"

int main(int argc, char** argv) {
  return lianfang::server::RunMain(argc, argv, {lianfang::grading::GradingModule()});
}
