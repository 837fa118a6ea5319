// Sessions of QuickFIX, in memory and over TCP.
//
//     quickfix session ORDERS REPORTS WAY FOLDER PORT                 commands on standard input
//     quickfix session ORDERS REPORTS WAY FOLDER 0 PREPARED N         N messages inside `measured_section`, and the end
//
// WAY is `send`, `receive`, `round` or `resend`. Messages are kept in memory where FOLDER is `-`, and in a new folder where
// it is `?`. A line of ORDERS is ClOrdID, quantity and price; one of REPORTS is what follows the header. Commands are
// `prepare N`, which makes N reports that are to come and tells a `.`; `answer N`, which tells what was read and sent as
// the commands of the codec do; `times N`, which tells the nanoseconds of each message on one line; and `resend N`, which
// keeps N orders, is asked for all of them, and tells their number, nanoseconds, and the KiB that were resident at most
// before and after.

#include <quickfix/FileStore.h>
#include <quickfix/Parser.h>
#include <quickfix/Session.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace session {

std::vector<std::string> lines_of(const std::string &file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  if (lines.empty())
    throw std::runtime_error("nothing in " + file);
  return lines;
}

struct Order {
  std::string id, quantity, price;
};

// Where what is sent goes.
class Wire : public FIX::Responder {
public:
  ~Wire() {
    if (socket >= 0)
      close(socket);
  }

  bool send(const std::string &message) {
    if (socket >= 0)
      write(message);
    else if (resent)
      check(message);
    else if (kept)
      kept->push_back(message);
    else
      asm volatile("" : : "r"(&message) : "memory");
    return true;
  }

  void disconnect() { throw std::runtime_error("the session has ended"); }

  void connect(int port) {
    socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
      throw std::runtime_error("no connection");
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  // What has come, without waiting.
  bool read(FIX::Parser &parser) {
    char room[1 << 14];
    ssize_t count = recv(socket, room, sizeof room, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return false;
    if (count <= 0)
      throw std::runtime_error("the venue has gone");
    parser.addToStream(room, count);
    return true;
  }

  int socket = -1;
  std::unique_ptr<std::vector<std::string>> kept;
  // The number of the next message that is sent again, behind the logon.
  std::unique_ptr<long> resent;

private:
  void write(const std::string &message) {
    std::size_t done = 0;
    while (done < message.size()) {
      ssize_t count = ::send(socket, message.data() + done, message.size() - done, MSG_NOSIGNAL);
      if (count <= 0)
        throw std::runtime_error("the venue has gone");
      done += count;
    }
  }

  // Every message once, in order, as one that was sent before. The logon in front is filled over.
  void check(const std::string &message) {
    if (message.find("\00135=4\001") != std::string::npos)
      return;
    if (message.find("\00134=" + std::to_string(*resent) + "\001") == std::string::npos ||
        message.find("\00143=Y\001") == std::string::npos)
      throw std::runtime_error("another message than " + std::to_string(*resent) + ": " + message);
    ++*resent;
  }
};

class App : public FIX::Application {
public:
  void onCreate(const FIX::SessionID &) {}
  void onLogon(const FIX::SessionID &) {}
  void onLogout(const FIX::SessionID &) {}
  void toAdmin(FIX::Message &, const FIX::SessionID &) {}
  void toApp(FIX::Message &, const FIX::SessionID &) throw(FIX::DoNotSend) {}
  void fromAdmin(const FIX::Message &, const FIX::SessionID &)
      throw(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) {}
  void fromApp(const FIX::Message &message, const FIX::SessionID &)
      throw(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) {
    if (is_told)
      read(message, Told());
    else
      read(message, Blind());
    ++received;
  }

  bool is_told = false;
  long received = 0;

private:
  template <class Sink> void read(const FIX::Message &message, Sink sink) {
    for (int tag : {11, 17, 150, 39})
      sink.text(message.getField(tag));
    for (int tag : {32, 31})
      sink.number(FIX::DoubleConvertor::convert(message.getField(tag)));
  }
};

long peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.compare(0, 6, "VmHWM:") == 0)
      return std::atol(line.c_str() + 6);
  throw std::runtime_error("no VmHWM");
}

class Party {
public:
  Party(const std::vector<std::string> &arguments) : way(arguments[2]), reports(lines_of(arguments[1])) {
    for (const std::string &line : lines_of(arguments[0])) {
      std::size_t first = line.find(' '), second = line.find(' ', first + 1);
      orders.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
    }
    std::string folder = arguments[3];
    if (folder == "?") {
      char name[] = "/tmp/boomnet-bench-quickfix-XXXXXX";
      if (!mkdtemp(name))
        throw std::runtime_error("no folder");
      made = folder = name;
    }
    if (folder == "-")
      stores.reset(new FIX::MemoryStoreFactory);
    else
      stores.reset(new FIX::FileStoreFactory(folder));
    FIX::SessionID id("FIX.4.4", "BUYER", "VENUE");
    FIX::TimeRange always(FIX::UtcTimeOnly(0, 0, 0), FIX::UtcTimeOnly(0, 0, 0));
    session.reset(new FIX::Session(app, *stores, id, FIX::DataDictionaryProvider(), always, 600, nullptr));
    int port = std::atoi(arguments[4].c_str());
    if (port)
      wire.connect(port);
    session->setResponder(&wire);
    session->next();
    if (!port)
      take(message("A", "98=0\001108=600\001"));
    while (!session->isLoggedOn())
      poll();
  }

  ~Party() {
    // Not by a logout, which is no part of what is measured.
    if (!made.empty() && std::system(("rm -r " + made).c_str()) != 0)
      std::cerr << "not removed: " << made << '\n';
  }

  void prepare(long count) {
    if (way != "receive")
      return;
    incoming.clear();
    for (long done = 0; done < count; ++done)
      incoming.push_back(message("8", reports[(number - 2) % reports.size()]));
    next_incoming = 0;
  }

  void one() {
    if (way == "receive") {
      take(incoming.at(next_incoming++));
      return;
    }
    long before = app.received;
    send();
    if (way == "round")
      while (app.received == before)
        poll();
  }

  void answer(long count) {
    app.is_told = true;
    wire.kept.reset(new std::vector<std::string>);
    for (long done = 0; done < count; ++done)
      one();
    for (const std::string &order : *wire.kept)
      std::cout << 'o' << order << '\n';
    wire.kept.reset();
    app.is_told = false;
    std::cout << '.' << std::endl;
  }

  void times(long count) {
    std::vector<long> times;
    times.reserve(count);
    for (long done = 0; done < count; ++done) {
      auto start = std::chrono::steady_clock::now();
      one();
      auto time = std::chrono::steady_clock::now() - start;
      times.push_back(std::chrono::nanoseconds(time).count());
    }
    for (long time : times)
      std::cout << time << ' ';
    std::cout << std::endl;
  }

  void resend(long count) {
    for (long done = 0; done < count; ++done)
      send();
    std::string request = message("2", "7=1\00116=0\001");
    long before = peak_kib();
    wire.resent.reset(new long(2));
    auto start = std::chrono::steady_clock::now();
    take(request);
    auto time = std::chrono::steady_clock::now() - start;
    if (*wire.resent != count + 2)
      throw std::runtime_error("sent again up to " + std::to_string(*wire.resent));
    std::cout << count << ' ' << std::chrono::nanoseconds(time).count() << ' ' << before << ' ' << peak_kib()
              << std::endl;
  }

private:
  void send() {
    const Order &order = orders[next_order];
    next_order = (next_order + 1) % orders.size();
    FIX::Message message;
    message.getHeader().setField(35, "D");
    message.setField(11, order.id);
    message.setField(1, "ACCT-0017");
    message.setField(55, "MSFT");
    message.setField(54, "1");
    message.setField(60, "20261122-14:30:00.123");
    message.setField(38, order.quantity);
    message.setField(40, "2");
    message.setField(44, order.price);
    message.setField(59, "0");
    if (!session->send(message))
      throw std::runtime_error("not sent");
  }

  void poll() {
    if (wire.socket >= 0 && wire.read(parser))
      parsed();
  }

  // Bytes that have come.
  void take(const std::string &bytes) {
    parser.addToStream(bytes);
    parsed();
  }

  void parsed() {
    std::string message;
    while (parser.readFixMessage(message))
      session->next(message, FIX::UtcTimeStamp());
  }

  // The next message of the venue.
  std::string message(const std::string &kind, const std::string &body) {
    std::string time = FIX::UtcTimeStampConvertor::convert(FIX::UtcTimeStamp(), 3);
    std::string inner = "35=" + kind + "\00149=VENUE\00156=BUYER\00134=" + std::to_string(number++) + "\00152=" + time +
                        "\001" + body;
    std::string text = "8=FIX.4.4\0019=" + std::to_string(inner.size()) + "\001" + inner;
    unsigned char sum = 0;
    for (unsigned char byte : text)
      sum += byte;
    char trailer[16];
    std::snprintf(trailer, sizeof trailer, "10=%03d\001", sum);
    return text + trailer;
  }

  std::string way;
  std::vector<std::string> reports;
  std::vector<Order> orders;
  std::size_t next_order = 0;
  std::string made;
  long number = 1;
  std::vector<std::string> incoming;
  std::size_t next_incoming = 0;
  App app;
  Wire wire;
  FIX::Parser parser;
  std::unique_ptr<FIX::MessageStoreFactory> stores;
  std::unique_ptr<FIX::Session> session;
};

// What callgrind counts: found by its name.
__attribute__((noinline)) void measured_section(Party &party, long count) {
  for (long done = 0; done < count; ++done)
    party.one();
  asm volatile("" : : : "memory");
}

int main(const std::vector<std::string> &arguments) {
  if (arguments.size() != 5 && arguments.size() != 7)
    throw std::runtime_error("quickfix session ORDERS REPORTS WAY FOLDER PORT [PREPARED N]");
  Party party(arguments);
  if (arguments.size() == 7) {
    party.prepare(std::atol(arguments[5].c_str()));
    for (int done = 0; done < 512; ++done)
      party.one();
    measured_section(party, std::atol(arguments[6].c_str()));
    return 0;
  }
  std::string command;
  for (long count; std::cin >> command >> count;) {
    if (command == "prepare") {
      party.prepare(count);
      std::cout << '.' << std::endl;
    } else if (command == "answer") {
      party.answer(count);
    } else if (command == "resend") {
      party.resend(count);
    } else {
      party.times(count);
    }
  }
  return 0;
}

} // namespace session
