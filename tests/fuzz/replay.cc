// Runs a fuzzing function without libFuzzer: on the files of a folder and on a fixed series of
// changes of them. replay FOLDER [INPUTS]; the last line is the count.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kMaxBytes = 8192;

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

std::string Changed(const std::vector<std::string>& seeds, std::mt19937& random) {
  std::string text = seeds[random() % seeds.size()];
  for (size_t n = 1 + random() % 6; n > 0; --n) {
    const size_t at = random() % (text.size() + 1);
    switch (random() % 6) {
      case 0:
        text.insert(at, 1, static_cast<char>(random()));
        break;
      case 1:
        text.erase(at, 1 + random() % 4);
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random());
        break;
      case 3:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << (random() % 8)));
        break;
      case 4: {
        // A piece of another.
        const std::string& other = seeds[random() % seeds.size()];
        const size_t from = random() % (other.size() + 1);
        text.insert(at, other.substr(from, random() % 64));
        break;
      }
      default:
        text.resize(at);
    }
  }
  if (text.size() > kMaxBytes) text.resize(kMaxBytes);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FOLDER [INPUTS]\n", argv[0]);
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  // In the order of their names, whatever the folder's.
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.is_regular_file()) names.insert(entry.path().string());
  }
  std::vector<std::string> seeds;
  for (const std::string& name : names) {
    std::ifstream file(name, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (seeds.empty()) {
    std::fprintf(stderr, "no inputs in %s\n", argv[1]);
    return 2;
  }
  Run("");
  for (const std::string& seed : seeds) {
    Run(seed);
    // Every beginning of it.
    for (size_t n = 1; n < seed.size() && n < 512; ++n) Run(seed.substr(0, n));
  }
  std::mt19937 random(20134);
  const int inputs = argc > 2 ? std::atoi(argv[2]) : 20'000;
  for (int i = 0; i < inputs; ++i) Run(Changed(seeds, random));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%zu files, %d changed inputs, %.1f s\n", seeds.size(), inputs, took.count());
  return 0;
}
