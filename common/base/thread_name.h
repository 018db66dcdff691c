// Names of threads, as `top -H`, debuggers and profilers show them.
#pragma once

#include <pthread.h>

#include <string>

namespace lianfang {

// Names the calling thread; longer names are cut to the 15 bytes that the kernel keeps.
inline void NameThread(std::string name) {
  name.resize(name.size() < 15 ? name.size() : 15);
  pthread_setname_np(pthread_self(), name.c_str());
}

}  // namespace lianfang
