#include "common/server/run_main.h"
#include "services/aggregator/module.h"

int main(int argc, char** argv) {
  return lianfang::server::RunMain(argc, argv, {lianfang::aggregator::AggregatorModule()});
}
