// QuickFIX as the acceptor of `cargo xtask interop fix`.
//
// It answers orders by execution reports, sends reports that nobody asked for, and writes every application message into a
// journal before it acts on it: the format is in the module `journal` of the command. It is told what to do by lines on
// its standard input, says what happens on its standard output, and ends with its input.

#include <quickfix/FileStore.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/SocketAcceptor.h>
#if HAVE_SSL
#include <quickfix/ThreadedSSLSocketAcceptor.h>
#endif

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <random>
#include <sstream>
#include <string>
#include <thread>

namespace {

// The text of a message that the other side is to reject: its report has no OrderID.
const std::string BAD = "bad";

std::mutex output;

void say(const std::string& line) {
  std::lock_guard<std::mutex> lock(output);
  std::cout << line << std::endl;
}

class Journal {
public:
  explicit Journal(const std::string& path) {
    std::ifstream known(path);
    std::string line;
    while (std::getline(known, line)) {
      std::istringstream words(line);
      std::string kind;
      unsigned long number = 0;
      if (words >> kind >> number && (kind == "R" || kind == "X") && number > received) {
        received = number;
      }
    }
    file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644);
    if (file < 0) {
      std::perror(path.c_str());
      std::exit(1);
    }
  }

  // One system call a line. A kill may tear it; the command cuts off what is torn.
  void write(const std::string& line) {
    std::string bytes = line + "\n";
    if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      std::perror("journal");
      std::exit(1);
    }
  }

  // The highest number of an application message that was received.
  unsigned long received = 0;

private:
  int file;
};

std::string field(const FIX::FieldMap& map, int tag) {
  return map.isSetField(tag) ? map.getField(tag) : std::string();
}

bool is_poss_dup(const FIX::Message& message) { return field(message.getHeader(), 43) == "Y"; }

class Application : public FIX::Application {
public:
  Application(Journal& journal, unsigned seed) : journal(journal), random(seed) {}

  void onCreate(const FIX::SessionID& id) {
    session = id;
    // Lines about numbers from here on are about messages that were never sent.
    auto number = FIX::Session::lookupSession(id)->getExpectedSenderNum();
    journal.write("V " + std::to_string(number));
  }

  void onLogon(const FIX::SessionID&) { is_logged_on = true; say("logged on"); }
  void onLogout(const FIX::SessionID& id) {
    is_logged_on = false;
    // A logout of ours disables the session.
    FIX::Session::lookupSession(id)->logon();
    say("logged out");
  }

  void toAdmin(FIX::Message&, const FIX::SessionID&) {}

  // QuickFIX keeps the message and its number after this, and sends it then.
  void toApp(FIX::Message& message, const FIX::SessionID&) throw(FIX::DoNotSend) {
    if (is_poss_dup(message)) {
      return;
    }
    journal.write("S " + line(message));
  }

  void fromAdmin(const FIX::Message&, const FIX::SessionID&)
      throw(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) {}

  void fromApp(const FIX::Message& message, const FIX::SessionID&)
      throw(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) {
    auto number = std::stoul(field(message.getHeader(), 34));
    auto type = field(message.getHeader(), 35);
    // QuickFIX calls this again for a message whose number it had not kept when it was killed.
    bool is_new = number > journal.received;
    if (is_new) {
      journal.received = number;
    }
    if (field(message, 40) == "?") {
      journal.write("X " + line(message));
      throw FIX::IncorrectTagValue(40);
    }
    journal.write("R " + line(message));
    if (type == "B") {
      throw FIX::UnsupportedMessageType();
    }
    if (type == "D" && is_new) {
      send(field(message, 11), "");
    }
  }

  void send(const std::string& order, const std::string& text) {
    auto id = "V" + std::to_string(roll());
    FIX::Message message;
    message.getHeader().setField(35, "8");
    if (text != BAD) {
      message.setField(37, "O" + id);
    }
    message.setField(11, order);
    message.setField(17, id);
    message.setField(150, "0");
    message.setField(39, "0");
    message.setField(55, "BOOM");
    message.setField(54, "1");
    message.setField(38, "100");
    message.setField(151, "100");
    message.setField(14, "0");
    message.setField(6, "0");
    message.setField(58, id + std::string(roll() % 200, 'a' + roll() % 26));
    FIX::Session::sendToTarget(message, session);
  }

  void test() {
    FIX::Message message;
    message.getHeader().setField(35, "1");
    message.setField(112, "asked");
    FIX::Session::sendToTarget(message, session);
  }

  // While it is on, reports go out that nobody asked for, logged on or not.
  void traffic() {
    for (;;) {
      std::this_thread::sleep_for(std::chrono::microseconds(roll() % 4000));
      if (is_busy && (is_logged_on || roll() % 32 == 0)) {
        for (auto count = roll() % 4; count > 0; --count) {
          send("NONE", "");
        }
      }
    }
  }

  std::atomic<bool> is_busy{false};

private:
  static std::string line(const FIX::Message& message) {
    auto& header = message.getHeader();
    return field(header, 34) + (is_poss_dup(message) ? " Y " : " N ") + field(header, 35) + " " + field(message, 58);
  }

  // Both threads send. No lock is held while QuickFIX takes its own.
  unsigned long roll() {
    std::lock_guard<std::mutex> lock(rolling);
    return random();
  }

  Journal& journal;
  std::mutex rolling;
  std::mt19937 random;
  std::atomic<bool> is_logged_on{false};
  FIX::SessionID session;
};

FIX::SessionSettings settings(char** arguments, bool is_tls) {
  std::string begin_string = arguments[1];
  std::ostringstream text;
  // With a day that began an hour ago, no reset at its end comes in between.
  text << "[DEFAULT]\nConnectionType=acceptor\nStartTime=" << arguments[5] << "\nEndTime=" << arguments[5]
       << "\nUseDataDictionary=N\nSocketReuseAddress=Y\nSocketNodelay=Y\nSocketAcceptPort=" << arguments[2]
       << "\nFileStorePath=" << arguments[3] << "/store\n";
  if (is_tls) {
    text << "ServerCertificateFile=" << arguments[6] << "\nServerCertificateKeyFile=" << arguments[7] << "\n";
  }
  text << "[SESSION]\nBeginString=" << begin_string
       << "\nSenderCompID=VENUE\nTargetCompID=BUYER\n";
  if (begin_string == "FIXT.1.1") {
    text << "DefaultApplVerID=FIX.5.0SP2\n";
  }
  std::istringstream stream(text.str());
  return FIX::SessionSettings(stream);
}

}  // namespace

// Arguments: the BeginString, the port, a folder, a seed, when the session's day begins; for TLS a certificate and its key.
int main(int count, char** arguments) {
  bool is_tls = count == 8;
  if (count != 6 && !is_tls) {
    return 2;
  }
  try {
    Journal journal(std::string(arguments[3]) + "/journal");
    Application application(journal, std::strtoul(arguments[4], nullptr, 10));
    auto configuration = settings(arguments, is_tls);
    FIX::FileStoreFactory store(configuration);
    std::unique_ptr<FIX::Acceptor> acceptor;
    if (is_tls) {
#if HAVE_SSL
      // The other one serves nobody while it waits for a handshake.
      acceptor.reset(new FIX::ThreadedSSLSocketAcceptor(application, store, configuration));
#else
      return 2;
#endif
    } else {
      acceptor.reset(new FIX::SocketAcceptor(application, store, configuration));
    }
    acceptor->start();
    say("listening");
    std::thread(&Application::traffic, &application).detach();
    auto session = FIX::Session::lookupSession(*FIX::Session::getSessions().begin());
    std::string line;
    while (std::getline(std::cin, line)) {
      if (line == "traffic on") {
        application.is_busy = true;
      } else if (line == "traffic off") {
        application.is_busy = false;
      } else if (line == "bad") {
        application.send("NONE", BAD);
      } else if (line == "test") {
        application.test();
      } else if (line == "logout") {
        session->logout("enough");
      } else if (line.compare(0, 5, "send ") == 0) {
        for (int left = std::stoi(line.substr(5)); left > 0; --left) {
          application.send("NONE", "");
        }
      } else if (line == "status") {
        say("next " + std::to_string(session->getExpectedSenderNum()) + " " + std::to_string(session->getExpectedTargetNum()));
      }
    }
    // Nothing that its threads still do matters.
    std::_Exit(0);
  } catch (std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
  }
}
