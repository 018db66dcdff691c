// A bounded queue that callers share: it is taken from caller by caller in turn, and a full one
// makes room at the cost of whoever has most in it, so that one who floods it waits for himself.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace lianfang {

template <class T>
class FairQueue {
 public:
  explicit FairQueue(size_t capacity) : capacity_(capacity) {}

  // Queues an item of one caller; an empty name is the program's own work, which has every second
  // turn. Gives back what did not fit: the newest item of the caller who has most, or the item
  // itself when nobody has more than this caller.
  std::optional<T> Push(const std::string& caller, T item) {
    std::optional<T> put_out;
    if (size_ >= capacity_) {
      const size_t mine = caller.empty() ? own_.size() : CountOf(caller);
      auto longest = turns_.begin();
      for (auto it = turns_.begin(); it != turns_.end(); ++it) {
        if (it->items.size() > longest->items.size()) longest = it;
      }
      if (longest == turns_.end() || longest->items.size() <= mine + 1) return item;
      put_out.emplace(std::move(longest->items.back()));
      longest->items.pop_back();
      --size_;
    }
    if (caller.empty()) {
      own_.push_back(std::move(item));
    } else {
      auto [it, is_new] = lookup_.try_emplace(caller);
      if (is_new) it->second = turns_.insert(turns_.end(), Lane{caller, {}});
      it->second->items.push_back(std::move(item));
    }
    ++size_;
    return put_out;
  }

  // The next item; there must be one.
  T Pop() {
    --size_;
    const bool own = !own_.empty() && (own_turn_ || turns_.empty());
    own_turn_ = !own;
    if (own) {
      T item = std::move(own_.front());
      own_.pop_front();
      return item;
    }
    Lane& lane = turns_.front();
    T item = std::move(lane.items.front());
    lane.items.pop_front();
    if (lane.items.empty()) {
      lookup_.erase(lane.caller);
      turns_.pop_front();
    } else {
      turns_.splice(turns_.end(), turns_, turns_.begin());
    }
    return item;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Lane {
    std::string caller;
    std::list<T> items;  // never empty
  };

  size_t CountOf(const std::string& caller) const {
    const auto it = lookup_.find(caller);
    return it == lookup_.end() ? 0 : it->second->items.size();
  }

  const size_t capacity_;
  size_t size_ = 0;
  std::list<T> own_;
  bool own_turn_ = true;
  std::list<Lane> turns_;  // whose turn is next comes first
  std::map<std::string, typename std::list<Lane>::iterator, std::less<>> lookup_;  // by caller
};

}  // namespace lianfang
