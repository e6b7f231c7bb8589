// A mutex that clang's thread-safety analysis understands: what is GUARDED_BY one cannot be touched without it.
#pragma once

#include <mutex>

#if defined(__clang__)
#define GUARDIAN_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define GUARDIAN_THREAD_ATTRIBUTE(x)
#endif

#define GUARDIAN_GUARDED_BY(mutex) GUARDIAN_THREAD_ATTRIBUTE(guarded_by(mutex))
#define GUARDIAN_REQUIRES(mutex) GUARDIAN_THREAD_ATTRIBUTE(requires_capability(mutex))

namespace guardian::base {

class GUARDIAN_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() GUARDIAN_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() GUARDIAN_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds a Mutex for a scope.
class GUARDIAN_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) GUARDIAN_THREAD_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() GUARDIAN_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace guardian::base
