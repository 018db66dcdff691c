// The risk service alone.
#include "common/server/run_main.h"
#include "services/risk/module.h"

int main(int argc, char** argv) {
  return lianfang::server::RunMain(argc, argv, {lianfang::risk::RiskModule()});
}
