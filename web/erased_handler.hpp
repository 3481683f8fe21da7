#pragma once

#include <memory>
#include <utility>

#include <boost/asio/recycling_allocator.hpp>

namespace atlas::web {

// A completion handler of any type behind one type, called at most once; its memory is recycled by the loop.
// Runs in the loop thread like everything here, so it needs no executor of its own.
template <class... Args>
class erased_handler {
 public:
  template <class Handler>
    requires(!std::is_same_v<std::decay_t<Handler>, erased_handler>)
  explicit erased_handler(Handler&& handler)
      : held_(holder<std::decay_t<Handler>>::make(std::forward<Handler>(handler))) {}

  void operator()(Args... args) { held_.release()->run(args...); }

 private:
  struct base {
    base() = default;
    base(const base&) = delete;
    base& operator=(const base&) = delete;
    // Each frees the object; run() before it calls the handler, which will want memory of the same size.
    virtual void run(Args... args) = 0;
    virtual void drop() = 0;

   protected:
    ~base() = default;
  };

  template <class Handler>
  struct holder final : base {
    using allocator = boost::asio::recycling_allocator<holder>;

    explicit holder(Handler&& handler) : handler_(std::move(handler)) {}
    explicit holder(const Handler& handler) : handler_(handler) {}

    template <class Given>
    static holder* make(Given&& given) {
      allocator memory;
      auto* place = memory.allocate(1);
      try {
        return std::construct_at(place, std::forward<Given>(given));
      } catch (...) {
        memory.deallocate(place, 1);
        throw;
      }
    }
    void run(Args... args) override {
      Handler handler(std::move(handler_));
      drop();
      std::move(handler)(args...);
    }
    void drop() override {
      std::destroy_at(this);
      allocator().deallocate(this, 1);
    }

    Handler handler_;
  };

  struct dropper {
    void operator()(base* held) const { held->drop(); }
  };
  std::unique_ptr<base, dropper> held_;
};

}  // namespace atlas::web
